import Cryptography
import Files
import Primitives
import Testing

@Suite struct MasterKeyTests {
    static let fileID = FileID(high: 5, low: 6)
    static let fileKey = SecretKey(copying: [UInt8](100..<132))
    static let master = try! MasterKey(SecretKey(copying: [UInt8](0..<32)))
    static let other = try! MasterKey(SecretKey(copying: [UInt8](1...32)))

    @Test func `a wrapped key comes back to its owner`() throws {
        let wrapped = try Self.master.wrap(Self.fileKey, for: Self.fileID)
        #expect(wrapped.count == MasterKey.wrappedCount)
        #expect(try Self.master.unwrap(wrapped, for: Self.fileID) == Self.fileKey)
    }

    /// Worked out by another implementation, so that the formats cannot drift.
    @Test func `the wrapped key is the documented one`() throws {
        let wrapped = try Self.master.wrap(Self.fileKey, for: Self.fileID)
        #expect(
            Hexadecimal.encode(wrapped)
                == "0161b40024c7225e4fbcedb1d58391bc3ad7637795365963ba131187891ac7199f6ae85e9e15f"
                + "7026027fba83b91984701c904292cb0f9372377ae7316")
    }

    @Test func `another owner is refused`() throws {
        let wrapped = try Self.master.wrap(Self.fileKey, for: Self.fileID)
        #expect(throws: FilesError.wrongOwner) {
            try Self.other.unwrap(wrapped, for: Self.fileID)
        }
    }

    @Test func `a key wrapped for another file is refused`() throws {
        let wrapped = try Self.master.wrap(Self.fileKey, for: Self.fileID)
        #expect(throws: FilesError.wrongOwner) {
            try Self.master.unwrap(wrapped, for: FileID(high: 5, low: 7))
        }
    }

    @Test func `every flipped bit is refused`() throws {
        let wrapped = try Self.master.wrap(Self.fileKey, for: Self.fileID)
        for bit in 0..<wrapped.count * 8 {
            #expect(throws: FilesError.wrongOwner, "bit \(bit)") {
                try Self.master.unwrap(wrapped.flipping(bit: bit), for: Self.fileID)
            }
        }
    }

    @Test(arguments: [0, 1, 60, 62]) func `another length is refused`(count: Int) {
        #expect(throws: FilesError.malformedKey(.keyLength(count))) {
            try Self.master.unwrap([UInt8](repeating: 1, count: count), for: Self.fileID)
        }
    }

    @Test(arguments: [0, 31, 33]) func `only keys of 32 bytes serve`(count: Int) {
        let key = SecretKey(copying: [UInt8](repeating: 1, count: count))
        #expect(throws: FilesError.malformedKey(.keyLength(count))) { try MasterKey(key) }
        #expect(throws: FilesError.malformedKey(.keyLength(count))) {
            try Self.master.wrap(key, for: Self.fileID)
        }
    }

    @Test func `no two keys, files or owners share a nonce`() throws {
        let otherKey = SecretKey(copying: [UInt8](101..<133))
        let otherFile = FileID(high: 0, low: 0)
        let wraps = [
            try Self.master.wrap(Self.fileKey, for: Self.fileID),
            try Self.master.wrap(otherKey, for: Self.fileID),
            try Self.master.wrap(Self.fileKey, for: otherFile),
            try Self.other.wrap(Self.fileKey, for: Self.fileID),
        ]
        #expect(Set(wraps.map { Array($0[1...12]) }).count == wraps.count)
    }
}

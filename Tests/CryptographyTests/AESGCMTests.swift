import Cryptography
import Primitives
import Testing

@Suite struct AESGCMTests {
    struct Group: Decodable {
        let tests: [Vector]
    }
    struct Vector: Decodable {
        let tcId: Int
        let key: HexBytes
        let iv: HexBytes
        let aad: HexBytes
        let msg: HexBytes
        let ct: HexBytes
        let tag: HexBytes
        let result: String
    }

    @Test func `valid vectors seal and open, invalid ones are refused`() throws {
        let file = try Vectors.load(Wycheproof<Group>.self, from: "aes_256_gcm_test")
        var valid = 0
        var invalid = 0
        for vector in file.testGroups.flatMap(\.tests) {
            let key = SecretKey(copying: vector.key.bytes)
            let sealed = vector.ct.bytes + vector.tag.bytes
            if vector.result == "valid" {
                valid += 1
                let made = try AESGCM.seal(
                    vector.msg.bytes, key: key, nonce: vector.iv.bytes,
                    associatedData: vector.aad.bytes)
                #expect(made == sealed, "vector \(vector.tcId)")
                let opened = try AESGCM.open(
                    sealed, key: key, nonce: vector.iv.bytes, associatedData: vector.aad.bytes)
                #expect(opened == vector.msg.bytes, "vector \(vector.tcId)")
            } else {
                invalid += 1
                #expect(throws: CryptographyError.authenticationFailed, "vector \(vector.tcId)") {
                    try AESGCM.open(
                        sealed, key: key, nonce: vector.iv.bytes, associatedData: vector.aad.bytes)
                }
            }
        }
        #expect(valid == 39)
        #expect(invalid == 27)
    }

    static let key = SecretKey(copying: [UInt8](0..<32))
    static let nonce = [UInt8](repeating: 7, count: 12)

    @Test(arguments: [0, 1, 15, 16, 17, 63, 64, 65, 4_095, 4_096, 4_097, 100_000])
    func `sealing in two parts gives what sealing the whole does`(count: Int) throws {
        var random = RandomSource(seed: 3, who: UInt64(count), purpose: 0)
        let plaintext = random.bytes(count)
        let associatedData = random.bytes(count % 50)
        let whole = try AESGCM.seal(
            plaintext, key: Self.key, nonce: Self.nonce, associatedData: associatedData)
        #expect(whole.count == count + AESGCM.tagCount)
        for cut in Set([0, count / 3, max(0, count - 1), count]).sorted() {
            let parts = try plaintext[..<cut].withUnsafeBytes {
                try AESGCM.seal(
                    $0, followedBy: Array(plaintext[cut...]), key: Self.key, nonce: Self.nonce,
                    associatedData: associatedData)
            }
            #expect(parts == whole, "cut at \(cut)")
        }
        let opened = try AESGCM.open(
            whole, key: Self.key, nonce: Self.nonce, associatedData: associatedData)
        #expect(opened == plaintext)
    }

    @Test func `every flipped bit is refused`() throws {
        let sealed = try AESGCM.seal(
            Array("attack at dawn".utf8), key: Self.key, nonce: Self.nonce,
            associatedData: [1, 2, 3])
        for bit in 0..<sealed.count * 8 {
            var flipped = sealed
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CryptographyError.authenticationFailed, "bit \(bit)") {
                try AESGCM.open(
                    flipped, key: Self.key, nonce: Self.nonce, associatedData: [1, 2, 3])
            }
        }
    }

    @Test func `another key, nonce or associated data is refused`() throws {
        let sealed = try AESGCM.seal(
            [1, 2, 3], key: Self.key, nonce: Self.nonce, associatedData: [4])
        let otherKey = SecretKey(copying: [UInt8](1...32))
        let otherNonce = [UInt8](repeating: 8, count: 12)
        #expect(throws: CryptographyError.authenticationFailed) {
            try AESGCM.open(sealed, key: otherKey, nonce: Self.nonce, associatedData: [4])
        }
        #expect(throws: CryptographyError.authenticationFailed) {
            try AESGCM.open(sealed, key: Self.key, nonce: otherNonce, associatedData: [4])
        }
        #expect(throws: CryptographyError.authenticationFailed) {
            try AESGCM.open(sealed, key: Self.key, nonce: Self.nonce, associatedData: [])
        }
    }

    @Test func `wrong lengths are named`() throws {
        let short = SecretKey(copying: [1])
        #expect(throws: CryptographyError.invalidKeyLength(count: 1, expected: 32)) {
            try AESGCM.seal([], key: short, nonce: Self.nonce, associatedData: [])
        }
        #expect(throws: CryptographyError.invalidNonceLength(count: 13, expected: 12)) {
            try AESGCM.seal(
                [], key: Self.key, nonce: Self.nonce + [0], associatedData: [])
        }
        #expect(throws: CryptographyError.sealedBytesTooShort(count: 15, minimum: 16)) {
            try AESGCM.open(
                [UInt8](repeating: 0, count: 15), key: Self.key, nonce: Self.nonce,
                associatedData: [])
        }
    }
}

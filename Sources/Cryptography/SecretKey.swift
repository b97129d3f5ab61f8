import CLibcrypto
import Primitives

/// Bytes that must stay secret: they are wiped from memory when the last reference goes, compared in
/// constant time, and never described.
package final class SecretKey: Sendable {
    /// The number of bytes.
    package let count: Int
    // Written before the initializer returns and in `deinit` only, so that sharing it is safe.
    private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer

    /// `count` bytes that `fill` writes into zeroed memory: a generator or a derivation, which so
    /// leaves no copy elsewhere. Rethrows what `fill` throws.
    package init<Failure: Error>(
        count: Int, fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        self.count = count
        storage = .allocate(byteCount: count, alignment: 16)
        storage.initializeMemory(as: UInt8.self, repeating: 0)
        try fill(storage)
    }

    /// A copy of `bytes`, which the caller should hold no longer than needed.
    package convenience init(copying bytes: [UInt8]) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// The bytes, which are wiped where they were.
    package convenience init(wiping bytes: inout [UInt8]) {
        self.init(copying: bytes)
        bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
        bytes = []
    }

    /// An authentication code that serves as a key in its turn.
    convenience init(code: Hash256) {
        self.init(count: 32) { code.store(to: $0.baseAddress!) }
    }

    deinit {
        OPENSSL_cleanse(storage.baseAddress, storage.count)
        storage.deallocate()
    }

    /// Lends the bytes; the pointer must not outlive the call.
    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(storage))
    }
}

extension SecretKey: Equatable {
    /// Takes a time that depends on the lengths alone.
    package static func == (a: SecretKey, b: SecretKey) -> Bool {
        a.withUnsafeBytes { left in b.withUnsafeBytes { constantTimeEqual(left, $0) } }
    }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The length, never the bytes.
    package var description: String { "secret of \(count) bytes" }
    /// The length, never the bytes.
    package var debugDescription: String { description }
    /// Nothing, so that `dump` shows nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Whether two byte strings are equal, in a time that depends on their lengths alone.
package func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.withUnsafeBytes { left in b.withUnsafeBytes { constantTimeEqual(left, $0) } }
}

/// Whether two byte strings in memory are equal, in a time that depends on their lengths alone.
package func constantTimeEqual(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    guard a.count == b.count else { return false }
    guard let left = a.baseAddress, let right = b.baseAddress else { return true }
    return CRYPTO_memcmp(left, right, a.count) == 0
}

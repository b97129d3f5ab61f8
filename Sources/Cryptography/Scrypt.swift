import CLibcrypto

/// How hard a password is to try: the three parameters of scrypt (RFC 7914 §2).
package struct ScryptParameters: Hashable, Sendable {
    /// N: a power of two above one.
    package let cost: UInt64
    /// r: scales the memory with `cost`.
    package let blockSize: UInt32
    /// p: how often the whole is done.
    package let parallelization: UInt32

    /// The most memory, in bytes, that a derivation may take. Parameters come from stored bytes, and
    /// whoever changes those must not be able to exhaust the reader.
    package static let maximumMemory: UInt64 = 1 << 28
    /// The most that `parallelization` may be: it multiplies the time, not the memory.
    package static let maximumParallelization: UInt32 = 16

    /// 128 MiB and some tenths of a second a try, as OWASP advises for passwords.
    package static let standard = ScryptParameters(unchecked: 1 << 17, 8, 1)

    /// Throws `invalidParameters` for what RFC 7914 §2 excludes or what exceeds the bounds above.
    package init(
        cost: UInt64, blockSize: UInt32, parallelization: UInt32
    ) throws(CryptographyError) {
        guard cost > 1, cost & (cost - 1) == 0 else {
            throw .invalidParameters(what: "scrypt cost must be a power of two above one")
        }
        guard blockSize >= 1, 1...Self.maximumParallelization ~= parallelization else {
            throw .invalidParameters(what: "scrypt block size or parallelization is out of range")
        }
        // RFC 7914 §2: N < 2^(128·r/8).
        guard blockSize >= 4 || cost < 1 << UInt64(16 * blockSize) else {
            throw .invalidParameters(what: "scrypt cost is too large for its block size")
        }
        let blocks = cost + UInt64(parallelization)
        let memory = (128 * UInt64(blockSize)).multipliedReportingOverflow(by: blocks)
        guard !memory.overflow, memory.partialValue <= Self.maximumMemory else {
            throw .invalidParameters(what: "scrypt would take too much memory")
        }
        self.init(unchecked: cost, blockSize, parallelization)
    }

    private init(unchecked cost: UInt64, _ blockSize: UInt32, _ parallelization: UInt32) {
        self.cost = cost
        self.blockSize = blockSize
        self.parallelization = parallelization
    }
}

/// scrypt (RFC 7914): turns a password into a key, slowly and with much memory.
package enum Scrypt {
    /// `count` bytes for a password and a salt that should be random. Throws `invalidOutputLength`
    /// for a count outside 1...1024, `libraryFailure` when memory runs out.
    package static func derive(
        password: [UInt8], salt: [UInt8], parameters: ScryptParameters, count: Int
    ) throws(CryptographyError) -> SecretKey {
        guard 1...1024 ~= count else { throw .invalidOutputLength(count: count, allowed: 1...1024) }
        // Room for V, B and the scratch blocks of RFC 7914 §6; libcrypto's own limit is 32 MiB.
        let memory =
            128 * UInt64(parameters.blockSize)
            * (parameters.cost + UInt64(parameters.parallelization) + 4)
        return try SecretKey(count: count) { (output) throws(CryptographyError) in
            let succeeded = password.withUnsafeBytes { password in
                EVP_PBE_scrypt(
                    password.baseAddress, password.count,
                    salt, salt.count, parameters.cost, UInt64(parameters.blockSize),
                    UInt64(parameters.parallelization), memory,
                    output.baseAddress, output.count)
            }
            guard succeeded == 1 else {
                ERR_clear_error()
                throw .libraryFailure(operation: "scrypt")
            }
        }
    }
}

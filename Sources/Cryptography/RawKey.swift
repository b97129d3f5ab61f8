import CLibcrypto
import Primitives

/// Keys of the curves of RFC 7748 and RFC 8032, which are 32 bytes long on both sides.
enum RawKey {
    static let count = 32

    /// A private key of libcrypto's, which whoever gets it must free, and its public key.
    static func make(
        _ type: Int32, seed: SecretKey
    ) throws(CryptographyError) -> (key: OpaquePointer, publicKey: Hash256) {
        guard seed.count == count else {
            throw .invalidKeyLength(count: seed.count, expected: count)
        }
        let made = seed.withUnsafeBytes { bytes in
            EVP_PKEY_new_raw_private_key(type, nil, bytes.baseAddress, bytes.count)
        }
        guard let made else { throw .libraryFailure(operation: "making a key") }
        var raw = [UInt8](repeating: 0, count: count)
        var length = raw.count
        guard EVP_PKEY_get_raw_public_key(made, &raw, &length) == 1,
            let publicKey = Hash256(bytes: raw)
        else {
            EVP_PKEY_free(made)
            throw .libraryFailure(operation: "deriving a public key")
        }
        return (made, publicKey)
    }
}

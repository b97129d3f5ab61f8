/// Why a cryptographic operation was refused. Never carries a key, a password or plaintext.
package enum CryptographyError: Error, Equatable {
    /// A key has a length, in bytes, that the algorithm does not take.
    case invalidKeyLength(count: Int, expected: Int)
    /// A nonce has a length, in bytes, that the algorithm does not take.
    case invalidNonceLength(count: Int, expected: Int)
    /// The sealed bytes are too few to hold an authentication tag.
    case sealedBytesTooShort(count: Int, minimum: Int)
    /// The input has more bytes than the library can take at once.
    case inputTooLong(count: Int, maximum: Int)
    /// Sealed bytes, key, nonce and associated data do not belong together.
    case authenticationFailed
    /// The number of bytes asked for is not one that the derivation can give.
    case invalidOutputLength(count: Int, allowed: ClosedRange<Int>)
    /// A parameter of a derivation is outside what is allowed.
    case invalidParameters(what: String)
    /// libcrypto itself failed, as it does when memory runs out.
    case libraryFailure(operation: String)
}

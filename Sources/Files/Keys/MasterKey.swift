package import Cryptography
package import Primitives

/// A user's one key, from which all that the user owns can be opened: 256 random bits.
package struct MasterKey: Equatable, Sendable {
    /// The number of bytes.
    package static let count = 32
    /// The number of bytes of a wrapped file key.
    package static let wrappedCount = ChunkSealer.keyCount + SyntheticNonceSeal.overheadCount

    /// The key itself, for whoever keeps it between two uses.
    package let secret: SecretKey

    /// From 32 random bytes. Throws `malformedKey` for another count.
    package init(_ secret: SecretKey) throws(FilesError) {
        guard secret.count == Self.count else { throw .malformedKey(.keyLength(secret.count)) }
        self.secret = secret
    }

    /// A file key sealed for the holder of this key and for this file only: what the ledger keeps.
    /// Says nothing about who that is. Throws `malformedKey` for a key that does not have 32 bytes.
    package func wrap(_ fileKey: SecretKey, for fileID: FileID) throws(FilesError) -> [UInt8] {
        guard fileKey.count == ChunkSealer.keyCount else {
            throw .malformedKey(.keyLength(fileKey.count))
        }
        return try FilesError.translating(
            try fileKeySeal().seal(fileKey, associatedData: fileID.bytes))
    }

    /// The file key that `wrap` sealed. Throws `malformedKey` for bytes that are not as many as a
    /// wrapped key has, and `wrongOwner` unless this key wrapped these very bytes for this file:
    /// another user's key and a changed byte look the same from here.
    package func unwrap(_ wrapped: [UInt8], for fileID: FileID) throws(FilesError) -> SecretKey {
        guard wrapped.count == Self.wrappedCount else {
            throw .malformedKey(.keyLength(wrapped.count))
        }
        var bytes = try FilesError.translating(
            refusal: .wrongOwner, try fileKeySeal().open(wrapped, associatedData: fileID.bytes))
        return SecretKey(wiping: &bytes)
    }

    private func fileKeySeal() throws(CryptographyError) -> SyntheticNonceSeal {
        try SyntheticNonceSeal(key: secret, purpose: "DecentraStore file key")
    }
}

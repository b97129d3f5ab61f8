package import Cryptography
package import Primitives

extension Manifest {
    /// The manifest sealed under the file key, for this file only. A changed manifest, such as one
    /// with another name, may be sealed under the same key.
    package func sealed(under fileKey: SecretKey, for fileID: FileID) throws(FilesError) -> [UInt8]
    {
        try FilesError.translating(
            try Self.seal(under: fileKey).seal(encoded, associatedData: fileID.bytes))
    }

    /// Opens what `sealed(under:for:)` sealed. Throws `unauthenticManifest` where key, file and bytes
    /// do not belong together, and `malformedManifest` where they do but hold no manifest.
    package init(
        opening sealed: [UInt8], under fileKey: SecretKey, for fileID: FileID
    ) throws(FilesError) {
        let bytes = try FilesError.translating(
            refusal: .unauthenticManifest,
            try Self.seal(under: fileKey).open(sealed, associatedData: fileID.bytes))
        try self.init(decoding: bytes)
    }

    // Under a key of its own, so that no nonce can meet those of the chunks.
    private static func seal(
        under fileKey: SecretKey
    ) throws(CryptographyError) -> SyntheticNonceSeal {
        try SyntheticNonceSeal(key: fileKey, purpose: "DecentraStore manifest")
    }
}

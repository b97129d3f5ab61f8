package import Cryptography
package import Primitives

/// Why bytes are not a file, or a part of one, that the reader may have. Never carries a file's name,
/// its content, a key or a password.
package enum FilesError: Error, Equatable {
    /// A chunk size, in bytes, outside `ChunkSize.allowed`.
    case invalidChunkSize(Int)

    /// The bytes do not hash to the name that they came under: damaged, or not that chunk at all.
    case corruptedChunk(index: Int, name: ChunkID, actual: ChunkID)
    /// An intact chunk of this file that stands in another chunk's place.
    case misplacedChunk(index: Int, belongsAt: Int)
    /// An intact chunk, but not one of this file, or not under this key.
    case foreignChunk(index: Int)
    /// The file ends before its last chunk: this many came.
    case truncated(chunks: Int)
    /// More follows after the file's last chunk, which is number `chunks`.
    case extended(chunks: Int)
    /// An authentic chunk whose plaintext is not what sealing writes.
    case undecodableChunk(index: Int, reason: ChunkDefect)
    /// All chunks are authentic, but together they are not the content that the manifest promises.
    case contentMismatch

    /// The sealed manifest was changed, or belongs to another file or key.
    case unauthenticManifest
    /// The plaintext of a manifest breaks a rule.
    case malformedManifest(ManifestDefect)

    /// The wrapped key was made by another master key or for another file, or was changed.
    case wrongOwner
    /// The password is not the one.
    case wrongPassword
    /// The password is right, but the stored key was changed.
    case corruptedKey
    /// Bytes that cannot be a wrapped key or a password-protected key, whatever key opens them.
    case malformedKey(KeyDefect)

    /// What libcrypto refused, other than what the cases above explain.
    case cryptography(CryptographyError)
}

/// What is wrong with the plaintext of a chunk.
package enum ChunkDefect: Error, Equatable {
    /// It has no trailing byte that tells how it is encoded, or an unknown one.
    case unknownEncoding
    /// It is not exactly one zstd frame that states its size.
    case malformedFrame
    /// It would be longer than the chunk may be.
    case tooLong
    /// It is not as long as its place in the file demands.
    case wrongLength(count: Int, expected: Int)
}

/// What is wrong with a manifest.
package enum ManifestDefect: Error, Equatable {
    /// It is not in the canonical encoding.
    case encoding(ByteReaderError)
    /// A format version that this code does not know.
    case version(UInt8)
    /// A name without bytes, with a zero byte or above `Manifest.maximumNameCount`.
    case name
    /// A size above `Manifest.maximumSize`.
    case size(UInt64)
    /// A chunk size outside `ChunkSize.allowed`.
    case chunkSize(Int)
    /// The chunks that are listed are not as many as the size needs.
    case chunkCount(listed: Int, needed: Int)
}

/// What is wrong with a stored key.
package enum KeyDefect: Error, Equatable {
    /// It is not in the canonical encoding.
    case encoding(ByteReaderError)
    /// A format version that this code does not know.
    case version(UInt8)
    /// A key that does not have 32 bytes.
    case keyLength(Int)
    /// A salt whose length is outside `PasswordProtectedKey.saltCounts`.
    case saltLength(Int)
    /// scrypt parameters that nobody should run.
    case parameters(CryptographyError)
}

extension FilesError {
    /// Runs what libcrypto may refuse. Seals that do not open become `refusal`, which says what that
    /// means here; the rest becomes `cryptography`.
    static func translating<Result>(
        refusal: FilesError? = nil, _ body: @autoclosure () throws(CryptographyError) -> Result
    ) throws(FilesError) -> Result {
        do throws(CryptographyError) {
            return try body()
        } catch {
            switch (error, refusal) {
            case (.authenticationFailed, let refusal?), (.sealedBytesTooShort, let refusal?):
                throw refusal
            default: throw .cryptography(error)
            }
        }
    }
}

package import Cryptography
package import Primitives

/// Seals the chunks of one file version, and opens them.
///
/// A chunk's plaintext, compressed where that makes it shorter, and one byte that tells which, are
/// sealed with AES-256-GCM under the file key. The nonce is the chunk's index, and the associated
/// data its place (file, index, whether it is the last), so that no chunk opens anywhere else.
///
/// A file key must serve one file version only, and each index be sealed once under it, or again
/// with the same bytes: a nonce must never serve twice.
package struct ChunkSealer: Sendable {
    /// The file version that the chunks are of.
    package let fileID: FileID
    /// The most plaintext bytes of a chunk.
    package let chunkSize: ChunkSize
    /// Whether chunks are compressed where that makes them shorter. Their sealed lengths then tell a
    /// little of what is in them.
    package let compresses: Bool
    private let fileKey: SecretKey

    /// The number of bytes of a file key.
    package static let keyCount = AESGCM.keyCount
    /// The most bytes by which sealing makes a chunk longer: the encoding byte and the tag.
    package static let overheadCount = 1 + AESGCM.tagCount

    /// For one file version. Sealing and opening throw `cryptography` for a key that does not have
    /// 32 bytes.
    package init(
        fileID: FileID, fileKey: SecretKey, chunkSize: ChunkSize = .standard, compress: Bool = true
    ) {
        self.fileID = fileID
        self.fileKey = fileKey
        self.chunkSize = chunkSize
        self.compresses = compress
    }

    /// The sealed form of one chunk. A plaintext longer than the chunk size is a mistake of the
    /// caller; a shorter one may stand anywhere.
    package func seal(
        _ plaintext: [UInt8], index: Int, isLast: Bool
    ) throws(FilesError) -> SealedChunk {
        precondition(plaintext.count <= chunkSize.count, "a chunk is longer than the chunk size")
        let compressed = compresses ? Zstandard.compress(plaintext) : nil
        let encoding: ChunkEncoding = compressed == nil ? .plain : .zstandard
        let place = ChunkPlace(fileID: fileID, index: index, isLast: isLast)
        let sealed = try (compressed ?? plaintext).withUnsafeBufferPointer {
            (bytes) throws(FilesError) in
            try FilesError.translating(
                try AESGCM.seal(
                    UnsafeRawBufferPointer(bytes), followedBy: [encoding.rawValue], key: fileKey,
                    nonce: place.nonce, associatedData: place.associatedData))
        }
        return SealedChunk(naming: sealed)
    }

    /// Seals a chunk as the chunker cut it.
    package func seal(_ chunk: Chunk) throws(FilesError) -> SealedChunk {
        try seal(chunk.bytes, index: chunk.index, isLast: chunk.isLast)
    }

    /// The plaintext of the chunk that stands at `index`.
    ///
    /// Throws `corruptedChunk` where the bytes are not what their name stands for. Where they are,
    /// but were not sealed for this place: `truncated` if the file goes on after this chunk although
    /// it should be the last, `extended` if the file ends with it although it should not, and else
    /// `foreignChunk`. `undecodableChunk` if an authentic chunk is not what `seal` writes.
    package func open(
        _ chunk: SealedChunk, index: Int, isLast: Bool
    ) throws(FilesError) -> [UInt8] {
        let place = ChunkPlace(fileID: fileID, index: index, isLast: isLast)
        // The seal vouches for the bytes: hashing them would cost twice as much and tell nothing more.
        if var plaintext = try decrypt(chunk.bytes, at: place) {
            return try translating(try decode(&plaintext)) {
                FilesError.undecodableChunk(index: index, reason: $0)
            }
        }
        let actual = ChunkID(SHA256.hash(chunk.bytes))
        guard actual == chunk.id else {
            throw .corruptedChunk(index: index, name: chunk.id, actual: actual)
        }
        let otherwise = ChunkPlace(fileID: fileID, index: index, isLast: !isLast)
        if try decrypt(chunk.bytes, at: otherwise) != nil {
            throw isLast ? .truncated(chunks: index + 1) : .extended(chunks: index + 1)
        }
        throw .foreignChunk(index: index)
    }

    /// Where among the first `count` chunks of the file these bytes were sealed to stand; nil if
    /// nowhere. Tries each index, so it is for explaining a failure only.
    package func place(of chunk: SealedChunk, among count: Int) throws(FilesError) -> Int? {
        for index in 0..<count {
            for isLast in [false, true] {
                let place = ChunkPlace(fileID: fileID, index: index, isLast: isLast)
                if try decrypt(chunk.bytes, at: place) != nil { return index }
            }
        }
        return nil
    }

    /// Nil where the bytes were not sealed for this place.
    private func decrypt(_ sealed: [UInt8], at place: ChunkPlace) throws(FilesError) -> [UInt8]? {
        do throws(CryptographyError) {
            return try AESGCM.open(
                sealed, key: fileKey, nonce: place.nonce, associatedData: place.associatedData)
        } catch {
            switch error {
            case .authenticationFailed, .sealedBytesTooShort: return nil
            default: throw .cryptography(error)
            }
        }
    }

    /// In place: a chunk that was not compressed is not copied.
    private func decode(_ plaintext: inout [UInt8]) throws(ChunkDefect) -> [UInt8] {
        switch plaintext.popLast().flatMap(ChunkEncoding.init) {
        case .plain:
            guard plaintext.count <= chunkSize.count else { throw .tooLong }
            return plaintext
        case .zstandard:
            return try Zstandard.decompress(plaintext[...], limit: chunkSize.count)
        case nil:
            throw .unknownEncoding
        }
    }
}

/// How a chunk's bytes stand inside the seal. The byte follows them, so that taking it off again
/// moves nothing.
enum ChunkEncoding: UInt8 {
    case plain = 0
    case zstandard = 1
}

/// Where a chunk stands, and what ties its seal to there.
private struct ChunkPlace {
    let fileID: FileID
    let index: Int
    let isLast: Bool

    /// Format 1 of sealed chunks. Another format must change this, so that neither reads the other.
    private static let format: UInt8 = 1
    /// What the file key is used for here. Whatever else may come to use it takes another number.
    private static let purpose: UInt32 = 1

    /// 4 bytes of purpose, 8 of counter.
    var nonce: [UInt8] {
        var writer = ByteWriter(reserving: AESGCM.nonceCount)
        writer.write(Self.purpose)
        writer.write(UInt64(index))
        return writer.bytes
    }

    var associatedData: [UInt8] {
        var writer = ByteWriter(reserving: 26)
        writer.write(Self.format)
        writer.write(fileID)
        writer.write(UInt64(index))
        writer.write(UInt8(isLast ? 1 : 0))
        return writer.bytes
    }
}

import Cryptography
import Files
import Primitives
import Testing

/// One file version with the key that it is sealed under, all drawn from a seed.
struct Fixture {
    let fileID: FileID
    let fileKey: SecretKey
    let chunkSize: ChunkSize
    let content: [UInt8]
    let chunks: [SealedChunk]
    let manifest: Manifest

    /// A file of `size` bytes, random unless `compressible`, in chunks of 4 KiB.
    init(seed: UInt64, size: Int, compressible: Bool = false) throws {
        var random = RandomSource(seed: seed, who: 0, purpose: 1)
        fileID = FileID(high: random.next(), low: random.next())
        fileKey = SecretKey(copying: random.bytes(32))
        chunkSize = try ChunkSize(4_096)
        content =
            compressible
            ? (0..<size).map { UInt8(truncatingIfNeeded: $0 / 100) } : random.bytes(size)
        var chunks: [SealedChunk] = []
        var sealer = FileSealer(
            name: "notes.txt", fileID: fileID, fileKey: fileKey, chunkSize: chunkSize)
        try sealer.append(content) { chunks.append($0) }
        let (last, manifest) = try sealer.finish()
        self.chunks = chunks + [last]
        self.manifest = manifest
    }

    var sealer: ChunkSealer {
        ChunkSealer(fileID: fileID, fileKey: fileKey, chunkSize: chunkSize)
    }

    /// The file that a reader puts together from the chunks that it was given.
    func read(_ chunks: [SealedChunk]) throws(FilesError) -> [UInt8] {
        try read(chunks, manifest: manifest)
    }

    func read(_ chunks: [SealedChunk], manifest: Manifest) throws(FilesError) -> [UInt8] {
        var opener = FileOpener(manifest: manifest, fileID: fileID, fileKey: fileKey)
        var content: [UInt8] = []
        for chunk in chunks { content += try opener.append(chunk) }
        try opener.finish()
        return content
    }

    /// The manifest as its owner would write it who listed other chunks.
    func manifest(
        listing chunks: [SealedChunk], size: UInt64? = nil, contentHash: Hash256? = nil
    ) throws(FilesError) -> Manifest {
        try Manifest(
            name: manifest.name, size: size ?? manifest.size,
            contentHash: contentHash ?? manifest.contentHash, chunkSize: chunkSize,
            chunks: chunks.map(\.id))
    }
}

extension [UInt8] {
    /// The bytes with one bit turned over, counted from the lowest of the first byte.
    func flipping(bit: Int) -> [UInt8] {
        var flipped = self
        flipped[bit / 8] ^= 1 << UInt8(bit % 8)
        return flipped
    }
}

extension Chunker {
    mutating func append<Failure: Error>(
        _ bytes: [UInt8], emit: (Chunk) throws(Failure) -> Void
    ) throws(Failure) {
        try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
            try append(UnsafeRawBufferPointer(bytes), emit: emit)
        }
    }
}

extension FileSealer {
    mutating func append(
        _ bytes: [UInt8], emit: (SealedChunk) throws(FilesError) -> Void
    ) throws(FilesError) {
        try bytes.withUnsafeBufferPointer { (bytes) throws(FilesError) in
            try append(UnsafeRawBufferPointer(bytes), emit: emit)
        }
    }
}

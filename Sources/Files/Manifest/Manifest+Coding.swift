import Primitives

extension Manifest {
    private static let version: UInt8 = 1
    /// What stands beside the name and the chunks.
    private static let fixedCount = 57
    private static let countPerChunk = 32

    /// Chunks of a file at most: its record, with 32 bytes for each, has to fit a block of the ledger that
    /// nodes keep. Larger files have larger chunks: up to 4 TiB in all.
    package static let chunkLimit = 1 << 18

    /// The most bytes that the sealed manifest of a file of so many chunks has.
    package static func largestSealedCount(chunks: Int) -> Int {
        SyntheticNonceSeal.overheadCount + fixedCount + maximumNameCount + countPerChunk * chunks
    }

    /// The canonical encoding: version (1), name behind its length (4), size (8), content hash (32),
    /// chunk size (4), number of chunks (8), their names (32 each).
    package var encoded: [UInt8] {
        var writer = ByteWriter(
            reserving: Self.fixedCount + name.utf8.count + Self.countPerChunk * chunks.count)
        writer.write(Self.version)
        writer.write(name)
        writer.write(size)
        writer.write(contentHash)
        writer.write(UInt32(chunkSize.count))
        writer.write(UInt64(chunks.count))
        for chunk in chunks { writer.write(chunk.hash) }
        return writer.bytes
    }

    /// Reads what `encoded` wrote. Throws `malformedManifest` for anything else.
    package init(decoding bytes: [UInt8]) throws(FilesError) {
        var reader = ByteReader(bytes)
        let fields = try translating(try Fields(reading: &reader)) {
            FilesError.malformedManifest(.encoding($0))
        }
        guard fields.version == Self.version else {
            throw .malformedManifest(.version(fields.version))
        }
        guard let chunkSize = try? ChunkSize(Int(fields.chunkSize)) else {
            throw .malformedManifest(.chunkSize(Int(fields.chunkSize)))
        }
        try self.init(
            name: fields.name, size: fields.size, contentHash: fields.contentHash,
            chunkSize: chunkSize, chunks: fields.chunks)
    }

    /// What the bytes say, before anyone asks whether it makes sense.
    private struct Fields {
        let version: UInt8
        let name: String
        let size: UInt64
        let contentHash: Hash256
        let chunkSize: UInt32
        let chunks: [ChunkID]

        init(reading reader: inout ByteReader) throws(ByteReaderError) {
            version = try reader.read(UInt8.self)
            name = try reader.readString()
            size = try reader.read(UInt64.self)
            contentHash = try reader.readHash()
            chunkSize = try reader.read(UInt32.self)
            let offset = reader.offset
            let count = try reader.read(UInt64.self)
            // Before any memory is taken for as many as the bytes claim.
            guard count == reader.remaining / 32, reader.remaining.isMultiple(of: 32) else {
                throw .invalid(what: "number of chunks", offset: offset)
            }
            var chunks: [ChunkID] = []
            chunks.reserveCapacity(reader.remaining / 32)
            while reader.remaining > 0 { chunks.append(ChunkID(try reader.readHash())) }
            self.chunks = chunks
        }
    }
}

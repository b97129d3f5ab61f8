import Cryptography
import Files
import Ledger
import Observation
import Primitives
import Roles

/// The bytes of a world's files: made from the seed when they are written and again when a read is
/// compared with them, so that nothing need be remembered.
///
/// Every plaintext chunk begins with the canary that must never be seen on a server.
package struct FileContent: Sendable {
    /// Bytes of a stand-in for a chunk.
    private static let standInBytes = 48

    let seed: UInt64
    let mode: PayloadMode
    let chunkBytes: Int
    private let chunkSize: ChunkSize

    /// `chunkBytes` must be within `ChunkSize.allowed`.
    init(seed: UInt64, mode: PayloadMode, chunkBytes: Int) {
        guard let chunkSize = try? ChunkSize(chunkBytes) else {
            preconditionFailure("the chunk size was checked with the scenario")
        }
        self.seed = seed
        self.mode = mode
        self.chunkBytes = chunkBytes
        self.chunkSize = chunkSize
    }

    private func chunkCount(_ plan: FilePlan) -> Int {
        Int(chunkSize.chunkCount(forSize: UInt64(plan.byteCount)))
    }

    private func declaredBytes(_ plan: FilePlan, chunk index: Int) -> Int {
        min(chunkBytes, plan.byteCount - index * chunkBytes)
    }

    /// What a chunk holds: in `modelled` mode a stand-in, whatever the chunk's declared size.
    func plaintext(of plan: FilePlan, chunk index: Int) -> [UInt8] {
        let count =
            mode == .modelled
            ? Self.standInBytes : declaredBytes(plan, chunk: index)
        var stream = RandomSource(seed, of: UInt64(plan.ordinal) << 24 | UInt64(index), .content)
        let random = stream.bytes(max(0, count - Oracles.canary.count))
        // Of half the bits, nothing of it stands in its frame as it is.
        return Oracles.canary.prefix(count)
            + (mode == .compressed ? random.map { $0 & 0x0F } : random)
    }

    func seal(_ plan: FilePlan, key: SecretKey) -> [SealedChunk] {
        let sealer = ChunkSealer(
            fileID: plan.id, fileKey: key, chunkSize: chunkSize, compress: mode == .compressed)
        let count = chunkCount(plan)
        return (0..<count).map { index in
            guard
                let sealed = try? sealer.seal(
                    plaintext(of: plan, chunk: index), index: index, isLast: index == count - 1)
            else { preconditionFailure("a fresh key seals any chunk") }
            return sealed
        }
    }

    /// A sealed chunk with the size that disks and links are charged.
    func payload(of chunk: SealedChunk, at index: Int, in plan: FilePlan) -> Payload {
        let byteCount =
            mode == .modelled
            ? declaredBytes(plan, chunk: index) + ChunkSealer.overheadCount : chunk.bytes.count
        return Payload(bytes: chunk.bytes, byteCount: byteCount)
    }

    func commit(
        _ plan: FilePlan, chunks: [SealedChunk], key: SecretKey, masterKey: MasterKey
    ) -> CommitRequest? {
        var content = SHA256Hasher()
        for index in chunks.indices { content.update(plaintext(of: plan, chunk: index)) }
        guard
            let manifest = try? Manifest(
                name: String(decoding: Oracles.canary, as: UTF8.self) + String(plan.ordinal),
                size: UInt64(plan.byteCount), contentHash: content.finalize(),
                chunkSize: chunkSize, chunks: chunks.map(\.id)),
            let sealed = try? manifest.sealed(under: key, for: plan.id),
            let wrapped = try? masterKey.wrap(key, for: plan.id)
        else { return nil }
        return CommitRequest(
            file: plan.id, chunks: manifest.chunks, sealedManifest: sealed, wrappedKey: wrapped)
    }

    /// Unwraps the file key and opens the manifest, as any client does.
    func open(
        _ record: FileRecord, _ plan: FilePlan, masterKey: MasterKey
    ) throws(FilesError) -> OpenedFile {
        let key = try masterKey.unwrap(record.wrappedKey, for: plan.id)
        let manifest = try Manifest(opening: record.sealedManifest, under: key, for: plan.id)
        return OpenedFile(manifest: manifest, fileID: plan.id, key: key)
    }

    /// Opens a chunk of a file. A stand-in is shorter than the manifest says; all else is checked as
    /// for real bytes.
    func plaintext(
        of bytes: [UInt8], at index: Int, in file: OpenedFile
    ) throws(FilesError) -> [UInt8] {
        let chunk = SealedChunk(id: file.manifest.chunks[index], bytes: bytes)
        switch mode {
        case .real, .compressed: return try file.opener.open(chunk, at: index)
        case .modelled:
            let isLast = index == file.manifest.chunks.count - 1
            return try file.sealer.open(chunk, index: index, isLast: isLast)
        }
    }
}

/// A file whose manifest its owner has opened.
struct OpenedFile: Sendable {
    let manifest: Manifest
    let opener: FileOpener
    let sealer: ChunkSealer

    init(manifest: Manifest, fileID: FileID, key: SecretKey) {
        self.manifest = manifest
        opener = FileOpener(manifest: manifest, fileID: fileID, fileKey: key)
        sealer = ChunkSealer(fileID: fileID, fileKey: key, chunkSize: manifest.chunkSize)
    }
}

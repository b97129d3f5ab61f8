import Cryptography
import Files
import Merkle
import Observation
import Primitives
import Roles

/// Users who ask for what nobody asks for, within what the wire admits. What they are answered is lost
/// on them.
extension Environment {
    /// A hundred times in a run, each odd user asks for some things at once, and then the next time.
    mutating func askOddly(_ fault: Int) {
        for user in conditions.concerned(by: fault) where self[user].isUp {
            let slot = Int(self[user].slot)
            for _ in 0...faults[fault].stream.below(12) {
                effects.tell(.file(oddRequest(by: user, fault)), to: users[slot].backend)
                observer.felt(fault: fault)
            }
            applyEffects(of: user)
        }
        let pause = max(.minutes(1), configuration.duration / 100)
        queue.schedule(.oddity(fault), at: now + faults[fault].stream.jittered(pause, by: 0.5))
    }

    private mutating func oddRequest(by user: UInt32, _ fault: Int) -> FileRequest {
        let made = faults[fault].stream.hash256()
        switch faults[fault].stream.below(10) {
        case 0:
            // Of chunks that were never put.
            let count = 1 << faults[fault].stream.below(12)
            return oddCommit(
                FileID(high: made.prefix, low: 1),
                (0..<count).map { _ in ChunkID(faults[fault].stream.hash256()) })
        case 1:
            return oddCommit(FileID(high: made.prefix, low: 2), [othersChunk(made)])
        case 2:
            return oddCommit(othersFile(than: user, fault), [ChunkID(made), othersChunk(made)])
        case 3:
            // Of nothing, or of the same twice, or with more than a manifest can have.
            let chunks = [[], [othersChunk(made), othersChunk(made)], [ChunkID(made)]]
            return oddCommit(
                FileID(high: made.prefix, low: 3), chunks[faults[fault].stream.below(3)], excess: 1)
        case 4:
            // What it put last, with the largest manifest.
            return oddCommit(
                FileID(high: made.prefix, low: 4), [conditions.oddChunks[user] ?? ChunkID(made)])
        case 5:
            return .putChunk(
                PutChunkRequest(
                    chunk: othersChunk(made), payload: Payload(bytes: made.bytes, byteCount: 32)))
        case 6:
            return .delete(
                DeleteFileRequest(
                    file: othersFile(than: user, fault), chunks: [othersChunk(made), ChunkID(made)])
            )
        case 7:
            let proof = InclusionProof(
                index: .max, treeSize: .max, path: Array(repeating: made, count: 64))
            return .getChunk(
                GetChunkRequest(
                    file: othersFile(than: user, fault), chunk: othersChunk(made), proof: proof))
        default: return oddPut(made, by: user, fault)
        }
    }

    /// A chunk as small or as large as any, for no file.
    private mutating func oddPut(_ made: Hash256, by user: UInt32, _ fault: Int) -> FileRequest {
        let bytes = Array(made.bytes.prefix(faults[fault].stream.chance(0.5) ? 1 : 32))
        let isLarge = bytes.count > 1 && configuration.workload.payload == .modelled
        let chunk = ChunkID(SHA256.hash(bytes))
        conditions.oddChunks[user] = chunk
        let byteCount = isLarge ? ProtocolSettings.chunkBytes.upperBound : bytes.count
        return .putChunk(
            PutChunkRequest(chunk: chunk, payload: Payload(bytes: bytes, byteCount: byteCount)))
    }

    private func oddCommit(_ file: FileID, _ chunks: [ChunkID], excess: Int = 0) -> FileRequest {
        let manifest = Manifest.largestSealedCount(chunks: chunks.count) + excess
        return .commit(
            CommitRequest(
                file: file, chunks: chunks, sealedManifest: Array(repeating: 0xFF, count: manifest),
                wrappedKey: Array(repeating: 0xFF, count: MasterKey.wrappedCount)))
    }

    /// A chunk that some node holds, where one does.
    private func othersChunk(_ place: Hash256) -> ChunkID {
        guard !observer.nodes.isEmpty else { return ChunkID(place) }
        let replicas = observer.nodes[Int(place.prefix % UInt64(observer.nodes.count))].replicas
        return replicas.next(after: ChunkID(place)) ?? replicas.next(after: nil) ?? ChunkID(place)
    }

    /// A file of somebody else, where there is one.
    private mutating func othersFile(than user: UInt32, _ fault: Int) -> FileID {
        let slot = Int(self[user].slot)
        let files = workload.owned.indices.filter { $0 != slot }.flatMap { workload.owned[$0] }
        return files.isEmpty
            ? FileID(high: 0, low: 0) : files[faults[fault].stream.below(files.count)].id
    }
}

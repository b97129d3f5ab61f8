import Files
import HTTPTypes
import Ledger
import Merkle
import Platform
import Primitives
import Roles

/// What users ask of a backend, put to its role in this process: tried again while there is hope, and
/// refused in words.
struct StoreService: Sendable {
    let host: Host<Backend>
    let settings: ProtocolSettings

    /// Longer than the role takes to try every replacement for a slow node.
    private func timeout(forBytes bytes: Int) -> Primitives.Duration {
        settings.timeout(forBytes: bytes) * 3
    }

    /// Has a sealed chunk kept on a write quorum of nodes, for a commit within `uploadExpiry` of the
    /// last chunk that the user has kept.
    func put(_ chunk: ChunkID, _ bytes: [UInt8], by user: PeerID) async throws {
        let payload = Payload(bytes: bytes, byteCount: bytes.count)
        for attempt in 1...settings.attempts {
            let answer = await host.receive(
                .file(.putChunk(PutChunkRequest(chunk: chunk, payload: payload))), from: user,
                timeout: timeout(forBytes: bytes.count))
            switch answer {
            case .file(.putChunk(.stored)): return
            case .file(.putChunk(.mismatched)):
                throw HTTPFailure(
                    .unprocessableContent, "mismatched",
                    "The bytes are not those that the chunk's name stands for.")
            default: break
            }
            guard await host.read({ $0.openMembers >= settings.writeQuorum }) else {
                throw HTTPFailure.unavailable
            }
            guard await host.read({ $0.hasRoom(for: bytes.count) }) else {
                throw HTTPFailure(
                    HTTPResponse.Status(code: 507), "no-space",
                    "The network has no room for this. Delete something, or ask the operator.")
            }
            try await pause(attempt)
        }
        throw HTTPFailure.unavailable
    }

    /// Makes a file of chunks that were put.
    func commit(_ request: CommitRequest, by user: PeerID) async throws {
        switch await host.receive(
            .file(.commit(request)), from: user, timeout: timeout(forBytes: 0))
        {
        case .file(.commit(.committed)): return
        case .file(.commit(.unknownChunks(let indices))):
            throw HTTPFailure(
                .conflict, "unknown-chunks",
                "Some chunks are not kept on enough nodes: put them again.",
                indices: indices.map(Int.init))
        case .file(.commit(.conflict)):
            throw HTTPFailure(
                .conflict, "conflict",
                "The file id or a chunk belongs to another file, or a chunk stands in it twice.")
        case .file(.commit(.implausible)):
            throw HTTPFailure(
                .unprocessableContent, "implausible",
                "A file has \(Manifest.chunkLimit) chunks at most, and one of "
                    + "\(request.chunks.count) a sealed manifest of "
                    + "\(Manifest.largestSealedCount(chunks: request.chunks.count)) bytes, "
                    + "and a wrapped key of \(MasterKey.wrappedCount).")
        default: throw HTTPFailure.unavailable
        }
    }

    /// A user's file and when it was committed. Throws `no-such-file`.
    func file(
        _ id: FileID, of user: PeerID
    ) async throws -> (record: FileRecord, since: Instant) {
        let (file, isBehind) = await host.read { ($0.file(id, of: user), $0.isBehind) }
        guard let file else { throw isBehind ? .unavailable : Self.noSuchFile }
        return file
    }

    /// The sealed bytes of a chunk of a user's file.
    func chunk(
        _ chunk: ChunkID, of file: FileID, proof: InclusionProof, for user: PeerID
    ) async throws -> [UInt8] {
        let request = GetChunkRequest(file: file, chunk: chunk, proof: proof)
        for attempt in 1...settings.attempts {
            let answer = await host.receive(
                .file(.getChunk(request)), from: user,
                timeout: timeout(forBytes: ProtocolSettings.chunkBytes.upperBound))
            switch answer {
            case .file(.getChunk(.found(let payload))): return payload.bytes
            case .file(.getChunk(.notFound)):
                throw HTTPFailure(
                    .notFound, "no-such-chunk", "The chunk is not one of this file's.")
            case .file(.getChunk(.gone)):
                throw HTTPFailure(
                    .gone, "gone",
                    "A chunk of the file is on no node that is there. Should its nodes come back, so "
                        + "does the file.")
            default: try await pause(attempt)
            }
        }
        throw HTTPFailure.unavailable
    }

    /// Deletes a file, whose chunks are checked against its root.
    func delete(_ file: FileID, chunks: [ChunkID], by user: PeerID) async throws {
        switch await host.receive(
            .file(.delete(DeleteFileRequest(file: file, chunks: chunks))), from: user,
            timeout: timeout(forBytes: 0))
        {
        case .file(.delete(.deleted)): return
        case .file(.delete(.notFound)): throw Self.noSuchFile
        case .file(.delete(.mismatched)): throw Self.otherChunks
        default: throw HTTPFailure.unavailable
        }
    }

    /// Brings a deleted file back.
    func undelete(_ file: FileID, chunks: [ChunkID], by user: PeerID) async throws {
        let request = UndeleteFileRequest(file: file, chunks: chunks)
        // For a while after a start, deletions of the former run may be under way.
        for attempt in 1...settings.attempts + 2 {
            switch await host.receive(
                .file(.undelete(request)), from: user, timeout: timeout(forBytes: 0))
            {
            case .file(.undelete(.undeleted)): return
            case .file(.undelete(.notFound)): throw Self.noSuchFile
            case .file(.undelete(.mismatched)): throw Self.otherChunks
            case .file(.undelete(.gone)):
                throw HTTPFailure(.gone, "gone", "A chunk of the file is on no node any more.")
            default: try await pause(attempt)
            }
        }
        throw HTTPFailure.unavailable
    }

    /// A user's deleted file and when it was deleted. Throws `no-such-file`.
    func removedFile(
        _ id: FileID, of user: PeerID
    ) async throws -> (record: FileRecord, since: Instant) {
        let removed = await host.read { $0.removedFiles(of: user) }
        guard let file = removed.first(where: { $0.record.file == id }) else {
            throw Self.noSuchFile
        }
        return file
    }

    private static let otherChunks = HTTPFailure(
        .unprocessableContent, "mismatched", "These are not the file's chunks.")

    static let noSuchFile = HTTPFailure(.notFound, "no-such-file", "You have no file of this id.")

    private func pause(_ attempt: Int) async throws {
        var random = RandomSource.system()
        let delay = settings.backoff(attempt: attempt, random: &random)
        try await Task.sleep(nanoseconds: UInt64(max(0, delay.nanoseconds)))
    }
}

package import Files
import Foundation
package import Merkle
import NIOCore
import NIOHTTP1
package import Primitives
package import Wire

extension StoreClient {
    /// All files of the user, as the backend sees them, or those that were deleted lately; newest first.
    package func sealedFiles(deleted: Bool = false) async throws -> [SealedFileForm] {
        let path = "/api/files?sealed=true" + (deleted ? "&deleted=true" : "")
        return try await ask(ClientRequest(.GET, path), for: SealedFileListForm.self).files
    }

    /// One file as the backend sees it, with its root.
    package func record(of file: FileID) async throws -> SealedFileForm {
        try await ask(ClientRequest(.GET, "/api/files/\(file)/record"), for: SealedFileForm.self)
    }

    /// Hands a sealed chunk over. It is durable on enough nodes when this returns, and kept for an
    /// hour unless a commit follows.
    package func put(_ chunk: SealedChunk) async throws {
        var request = ClientRequest(.PUT, "/api/chunks/\(chunk.id)")
        request.body = ByteBuffer(bytes: chunk.bytes)
        request.contentType = "application/octet-stream"
        request.waitsForBackend = true
        _ = try await send(request)
    }

    /// Makes a file of chunks that were handed over. Throws `unknownChunks` where the backend does
    /// not, or no longer, hold some of them.
    package func commit(_ file: FileID, _ form: CommitForm) async throws {
        var request = try ClientRequest(.POST, "/api/files/\(file)/commit", form)
        request.deadlineSeconds = 600
        request.waitsForBackend = true
        _ = try await send(request)
    }

    /// A sealed chunk of a file under the name that was asked for; its bytes are yet to be checked.
    package func chunk(
        _ id: ChunkID, of file: FileID, proof: InclusionProof
    ) async throws -> SealedChunk {
        let proof = Base64(proof.encoded()).urlText
        var request = ClientRequest(.GET, "/api/files/\(file)/chunks/\(id)?proof=\(proof)")
        request.answerLimit = ChunkSize.allowed.upperBound + ChunkSealer.overheadCount
        request.retrying = .evenWhenNotFound
        request.waitsForBackend = true
        return SealedChunk(id: id, bytes: Array(buffer: try await send(request)))
    }

    /// Deletes a file and its chunks, which the backend cannot know by itself.
    package func delete(_ file: FileID, chunks: [ChunkID]) async throws {
        var request = try ClientRequest(.DELETE, "/api/files/\(file)", DeleteForm(chunks: chunks))
        request.deadlineSeconds = 600
        _ = try await send(request)
    }

    /// Brings a deleted file back.
    package func undelete(_ file: FileID, chunks: [ChunkID]) async throws {
        var request = try ClientRequest(
            .POST, "/api/files/\(file)/undelete", DeleteForm(chunks: chunks))
        request.deadlineSeconds = 600
        _ = try await send(request)
    }

    /// The network as the backend sees it.
    package func network() async throws -> NetworkForm {
        try await ask(ClientRequest(.GET, "/api/network"), for: NetworkForm.self)
    }
}

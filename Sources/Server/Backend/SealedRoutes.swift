import Files
import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import Merkle
import Primitives
import Roles
import Wire

/// Files as whoever seals them elsewhere sees them: the backend learns neither names nor content.
struct SealedRoutes: Sendable {
    let backend: BackendEnvironment

    func add(to router: RouterGroup<SessionContext>) {
        router.put("chunks/:chunk") { try await put($0, $1) }
        router.get("files/:id/record") { _, context in
            let (record, since) = try await backend.store.file(
                context.fileID(), of: context.session.user)
            return Response.json(form(record, since, root: record.root))
        }
        router.post("files/:id/commit") { try await commit($0, $1) }
        router.get("files/:id/chunks/:chunk") { try await chunk($0, $1) }
        router.delete("files/:id") {
            try await change($0, $1, backend.store.file, backend.store.delete)
        }
        router.post("files/:id/undelete") {
            try await change($0, $1, backend.store.removedFile, backend.store.undelete)
        }
    }

    func list(_ files: [(record: FileRecord, since: Instant)]) -> Response {
        .json(SealedFileListForm(files: files.map { form($0.record, $0.since, root: nil) }))
    }

    private func form(_ record: FileRecord, _ since: Instant, root: Hash256?) -> SealedFileForm {
        SealedFileForm(
            id: record.file, root: root, chunks: Int(record.chunkCount),
            created: WireTime.text(since), sealedManifest: Base64(record.sealedManifest),
            wrappedKey: Base64(record.wrappedKey))
    }

    private func put(_ request: Request, _ context: SessionContext) async throws -> Response {
        let chunk = try context.chunkID()
        let bytes = try await request.collect(
            upTo: ProtocolSettings.chunkBytes.upperBound, context: context)
        guard !bytes.isEmpty else { throw HTTPFailure.badRequest("A chunk has bytes.") }
        try await backend.store.put(chunk, bytes, by: context.session.user)
        return Response(status: .noContent)
    }

    private func commit(_ request: Request, _ context: SessionContext) async throws -> Response {
        let id = try context.fileID()
        let form = try await request.form(
            CommitForm.self, upTo: RequestLimits.commit, context: context)
        guard !form.chunks.isEmpty else { throw HTTPFailure.badRequest("A file has chunks.") }
        try await backend.store.commit(
            CommitRequest(
                file: id, chunks: form.chunks, sealedManifest: form.sealedManifest.bytes,
                wrappedKey: form.wrappedKey.bytes), by: context.session.user)
        return .json(FileIDForm(id: id), status: .created)
    }

    private func chunk(_ request: Request, _ context: SessionContext) async throws -> Response {
        guard let text = request.uri.queryParameters["proof"],
            let encoded = Base64(urlText: String(text)),
            let proof = try? InclusionProof(decoding: encoded.bytes)
        else {
            throw HTTPFailure.badRequest(
                "The query needs proof=…, an inclusion proof in base64url.")
        }
        return .bytes(
            try await backend.store.chunk(
                context.chunkID(), of: context.fileID(), proof: proof, for: context.session.user))
    }

    /// Has something done to a file, whose chunks are in the body, or, in an open session without one,
    /// in its manifest.
    private func change(
        _ request: Request, _ context: SessionContext,
        _ file: (FileID, PeerID) async throws -> (record: FileRecord, since: Instant),
        _ change: (FileID, [ChunkID], PeerID) async throws -> Void
    ) async throws -> Response {
        let (id, user) = (try context.fileID(), context.session.user)
        let body = try await request.collect(upTo: RequestLimits.commit, context: context)
        let chunks: [ChunkID]
        if body.isEmpty {
            let masterKey = try context.session.masterKey()
            let (record, since) = try await file(id, user)
            let open = try ReadableFile(record, since: since, masterKey: masterKey)
            chunks = open.manifest.chunks
        } else {
            try request.requireJSON()
            chunks = try WireJSON.read(DeleteForm.self, from: body).chunks
        }
        try await change(id, chunks, user)
        return Response(status: .noContent)
    }
}

import Cryptography
import Files
import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import Merkle
import NIOCore
import Primitives
import Synchronization

@testable import Client
@testable import Wire

extension FakeBackend {
    func addFileRoutes(_ router: Router<BasicRequestContext>) {
        router.put("/api/chunks/:hash") { request, context in
            guard self.user(of: request) != nil else { return try Self.unauthorized() }
            let bytes = Array(buffer: try await request.body.collect(upTo: 1 << 25))
            let id = ChunkID(SHA256.hash(bytes))
            guard id.description == context.parameters.get("hash") else {
                return try Self.error(422, "mismatched")
            }
            self.state.withLock {
                $0.staged[id] = bytes
                $0.everPut.append(bytes)
            }
            return Self.nothing
        }
        router.post("/api/files/:id/commit") { request, context in
            guard let user = self.user(of: request) else { return try Self.unauthorized() }
            guard let id = Self.file(context) else { return try Self.error(404, "no-such-file") }
            let form = try await self.read(CommitForm.self, of: request)
            return try self.commit(id, form, of: user)
        }
        router.get("/api/files") { request, _ in
            guard let user = self.user(of: request) else { return try Self.unauthorized() }
            let files = self.state.withLock { $0.files.filter { $0.owner == user } }
            return try Self.json(SealedFileListForm(files: files.reversed().map(\.form)))
        }
        router.get("/api/files/:id/record") { request, context in
            guard let user = self.user(of: request) else { return try Self.unauthorized() }
            let id = Self.file(context)
            let found = self.state.withLock { state in
                state.files.first { $0.owner == user && $0.form.id == id }
            }
            guard var form = found?.form, let chunks = found?.chunks else {
                return try Self.error(404, "no-such-file")
            }
            form.root = MerkleTree.root(ofChunks: chunks)
            return try Self.json(form)
        }
        router.get("/api/files/:id/chunks/:hash") { request, context in
            guard self.user(of: request) != nil else { return try Self.unauthorized() }
            return try self.chunk(
                context.parameters.get("hash") ?? "", of: Self.file(context),
                proof: request.uri.queryParameters.get("proof") ?? "")
        }
        router.delete("/api/files/:id") { request, context in
            guard let user = self.user(of: request) else { return try Self.unauthorized() }
            let form = try await self.read(DeleteForm.self, of: request)
            let id = Self.file(context)
            return try self.state.withLock { state in
                let found = state.files.firstIndex { $0.owner == user && $0.form.id == id }
                guard let found else { return try Self.error(404, "no-such-file") }
                guard state.files[found].chunks == form.chunks else {
                    return try Self.error(422, "mismatched")
                }
                for chunk in form.chunks { state.chunks[chunk] = nil }
                state.files.remove(at: found)
                return Self.nothing
            }
        }
    }

    private static func file(_ context: BasicRequestContext) -> FileID? {
        context.parameters.get("id").flatMap { FileID(hexadecimal: $0) }
    }

    private func commit(_ id: FileID, _ form: CommitForm, of user: String) throws -> Response {
        let (unknown, isKnown) = state.withLock { state in
            let isKnown = state.files.contains { $0.form.id == id && $0.chunks == form.chunks }
            let unknown = form.chunks.indices.filter { state.staged[form.chunks[$0]] == nil }
            guard unknown.isEmpty, !isKnown else { return (unknown, isKnown) }
            for chunk in form.chunks {
                state.chunks[chunk] = state.staged.removeValue(forKey: chunk)
            }
            let count = state.files.count
            state.files.append(
                (
                    owner: user,
                    form: SealedFileForm(
                        id: id, chunks: form.chunks.count,
                        created: WireTime.text(
                            Instant(nanoseconds: (1_900_000_000 + Int64(count)) * 1_000_000_000)),
                        sealedManifest: form.sealedManifest, wrappedKey: form.wrappedKey),
                    chunks: form.chunks
                ))
            return ([], false)
        }
        if isKnown { return try Self.json(FileIDForm(id: id), .created) }
        guard unknown.isEmpty else {
            return try Self.error(409, "unknown-chunks", indices: unknown)
        }
        append([
            .file(
                FileRecord(
                    owner: OwnerTag(SHA256.hash(Array(user.utf8))), file: id,
                    root: MerkleTree.root(ofChunks: form.chunks),
                    chunkCount: UInt32(form.chunks.count),
                    sealedManifest: form.sealedManifest.bytes, wrappedKey: form.wrappedKey.bytes))
        ])
        return try Self.json(FileIDForm(id: id), .created)
    }

    /// Only with a proof that the chunk belongs to the file.
    private func chunk(_ hash: String, of file: FileID?, proof: String) throws -> Response {
        let base64 = proof.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.count % 4) % 4)
        let (stored, bytes) = state.withLock { state in
            (
                state.files.first { $0.form.id == file },
                Hash256(hexadecimal: hash).flatMap { state.chunks[ChunkID($0)] }
            )
        }
        guard let stored, let data = Data(base64Encoded: base64 + padding),
            let proof = try? InclusionProof(decoding: Array(data)),
            let id = Hash256(hexadecimal: hash).map({ ChunkID($0) })
        else { return try Self.error(400, "bad-proof") }
        do {
            try proof.verify(
                leafHash: MerkleTree.leafHash(id), root: MerkleTree.root(ofChunks: stored.chunks))
        } catch {
            return try Self.error(403, "bad-proof")
        }
        guard let bytes else { return try Self.error(404, "no-such-chunk") }
        return Self.octets(bytes)
    }
}

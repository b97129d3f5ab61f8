import Files
import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import NIOCore
import Primitives
import Roles
import Wire

/// Files as a session with the master key sees them: names, plaintext, ranges.
struct FileRoutes: Sendable {
    let backend: BackendEnvironment

    func add(to router: RouterGroup<SessionContext>) {
        router.get("files") { try await list($0, $1) }
        router.post("files") { try await upload($0, $1) }
        router.get("files/:id") { _, context in try await info(context) }
        router.get("files/:id/content") { try await download($0, $1) }
        router.head("files/:id/content") { try await download($0, $1) }
    }

    private func list(_ request: Request, _ context: SessionContext) async throws -> Response {
        let session = context.session
        let areDeleted = request.uri.queryParameters["deleted"] == "true"
        let records = await backend.host.read {
            areDeleted ? $0.removedFiles(of: session.user) : $0.files(of: session.user)
        }
        guard session.isOpen, request.uri.queryParameters["sealed"] != "true" else {
            return SealedRoutes(backend: backend).list(records)
        }
        return .json(FileListForm(files: try readable(records, in: session).map(\.form)))
    }

    private func readable(
        _ records: [(record: FileRecord, since: Instant)], in session: Session
    ) throws -> [ReadableFile] {
        let masterKey = try session.masterKey()
        // One record that does not open must not hide the others.
        return records.compactMap { record, since in
            try? ReadableFile(record, since: since, masterKey: masterKey)
        }
    }

    /// The file that the route names.
    private func file(_ context: SessionContext) async throws -> ReadableFile {
        let id = try context.fileID()
        let masterKey = try context.session.masterKey()
        let (record, since) = try await backend.store.file(id, of: context.session.user)
        return try ReadableFile(record, since: since, masterKey: masterKey)
    }

    private func info(_ context: SessionContext) async throws -> Response {
        .json(await form(of: try await file(context)))
    }

    private func form(of file: ReadableFile) async -> FileForm {
        var form = file.form
        let chunks = file.manifest.chunks
        form.redundancy = FileForm.Redundancy(
            target: backend.settings.protocolSettings.replicas,
            least: await backend.host.read { $0.leastRedundancy(of: chunks) })
        return form
    }

    // MARK: Uploading

    private func upload(_ request: Request, _ context: SessionContext) async throws -> Response {
        let (session, masterKey) = (context.session, try context.session.masterKey())
        let name = try name(in: request)
        let replaces = request.uri.queryParameters["replace"] == "true"
        let records = await backend.host.read { $0.files(of: session.user) }
        let namesakes = try readable(records, in: session).filter { $0.manifest.name == name }
        guard replaces || namesakes.isEmpty else {
            throw HTTPFailure(
                .conflict, "name-taken",
                "You have a file of this name: choose another one, or add replace=true.")
        }
        let chunkSize = try chunkSize(for: request)
        var upload = FileUpload(
            name: name, chunkSize: chunkSize, store: backend.store, user: session.user,
            masterKey: masterKey)
        var left = Int(chunkSize.largestFile)
        let (id, _) = try await upload.run { take in
            try await request.forEachPart(context: context) { part in
                left -= part.readableBytes
                guard left >= 0 else { throw HTTPFailure.tooLarge(Int(chunkSize.largestFile)) }
                try await take(part)
            }
        }
        // Only now, so that a broken upload leaves the former file.
        for file in namesakes {
            try? await backend.store.delete(file.id, chunks: file.manifest.chunks, by: session.user)
        }
        let (record, since) = try await backend.store.file(id, of: session.user)
        return .json(
            await form(of: try ReadableFile(record, since: since, masterKey: masterKey)),
            status: .created)
    }

    private func name(in request: Request) throws(HTTPFailure) -> String {
        guard let name = request.uri.queryParameters["name"].map(String.init),
            FileName.isAllowed(name)
        else {
            throw HTTPFailure(
                .badRequest, "bad-file-name",
                "The query needs name=…, 1 to 255 bytes without a slash or control characters, and not . or .."
            )
        }
        return name
    }

    private func chunkSize(for request: Request) throws(HTTPFailure) -> ChunkSize {
        let length = request.headers[.contentLength].flatMap { UInt64($0) }
        guard let size = ChunkSize.fitting(length ?? 0, atLeast: backend.chunkSize) else {
            throw .tooLarge(Int(ChunkSize.largest.largestFile))
        }
        return size
    }

    // MARK: Downloading

    private func download(_ request: Request, _ context: SessionContext) async throws -> Response {
        let file = try await file(context)
        let size = file.manifest.size
        let tag = "\"\(file.manifest.contentHash)\""
        var headers: HTTPFields = [
            .acceptRanges: "bytes", .eTag: tag, .contentType: "application/octet-stream",
            .cacheControl: "private, no-cache", .contentDisposition: Self.disposition(of: file),
            .contentSecurityPolicy: "default-src 'none'; sandbox",
            .xContentTypeOptions: "nosniff",
        ]
        if request.headers[.ifNoneMatch] == tag {
            return Response(status: .notModified, headers: headers)
        }
        let mayBePart = request.headers[.ifRange].map { $0 == tag } ?? true
        let range: Range<UInt64>
        let status: HTTPResponse.Status
        switch ByteRange(header: mayBePart ? request.headers[.range] : nil, size: size) {
        case .whole: (range, status) = (0..<size, .ok)
        case .part(let part):
            (range, status) = (part, .partialContent)
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
        case .unsatisfiable:
            var response = HTTPFailure(
                .rangeNotSatisfiable, "bad-range", "The file has \(size) bytes."
            ).response
            response.headers[.contentRange] = "bytes */\(size)"
            return response
        }
        if request.method == .head {
            headers[.contentLength] = String(range.count)
            return Response(status: status, headers: headers)
        }
        let download = FileDownload(
            file: file, range: range, store: backend.store, user: context.session.user,
            executor: LoopExecutor(backend.settings.loop))
        return Response(status: status, headers: headers, body: download.body())
    }

    /// The file's name for the browser, in the encoding of RFC 8187.
    private static func disposition(of file: ReadableFile) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        allowed = allowed.intersection(CharacterSet(charactersIn: "\u{20}"..."\u{7E}"))
        let name =
            file.manifest.name.addingPercentEncoding(withAllowedCharacters: allowed) ?? "file"
        return "attachment; filename*=UTF-8''\(name)"
    }
}

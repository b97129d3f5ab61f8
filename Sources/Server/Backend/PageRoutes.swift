import Frontend
import HTTPTypes
import Hummingbird
import NIOCore

/// The web page.
struct PageRoutes: Sendable {
    func add(openToAll: RouterGroup<ServerContext>) {
        for path in Frontend.paths {
            guard let file = Frontend.file(at: path) else { continue }
            openToAll.get(RouterPath(path)) { request, _ in Self.response(file, to: request) }
        }
    }

    private static func response(_ file: Frontend.File, to request: Request) -> Response {
        let headers: HTTPFields = [
            .contentType: file.contentType, .eTag: file.entityTag, .cacheControl: "no-cache",
            .contentSecurityPolicy: Frontend.contentSecurityPolicy,
            .xContentTypeOptions: "nosniff", HTTPField.Name("Referrer-Policy")!: "no-referrer",
        ]
        guard request.headers[.ifNoneMatch] != file.entityTag else {
            return Response(status: .notModified, headers: headers)
        }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
    }
}

package import HTTPTypes
package import Hummingbird
import NIOCore
import Wire

/// Why a request is not served: a status, a stable code, and a sentence for people.
package struct HTTPFailure: Error, Equatable {
    package var status: HTTPResponse.Status
    package var code: String
    package var message: String
    package var retryAfterSeconds: Int?
    /// Of chunks that are not known, for a commit.
    package var indices: [Int]?

    package init(
        _ status: HTTPResponse.Status, _ code: String, _ message: String,
        retryAfterSeconds: Int? = nil, indices: [Int]? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
        self.indices = indices
    }

    package var response: Response {
        var response = Response.json(
            ErrorForm(code: code, message: message, indices: indices), status: status)
        if let retryAfterSeconds { response.headers[.retryAfter] = String(retryAfterSeconds) }
        return response
    }

    static func badRequest(_ message: String) -> HTTPFailure {
        HTTPFailure(.badRequest, "malformed", message)
    }

    static let starting = HTTPFailure(
        .serviceUnavailable, "starting", "The server is reading its data back. Try again.",
        retryAfterSeconds: 1)

    static let unavailable = HTTPFailure(
        .serviceUnavailable, "unavailable", "Too few nodes answer. Try again.",
        retryAfterSeconds: 1)
}

extension Response {
    /// A form as JSON.
    package static func json(
        _ form: some Encodable, status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: WireJSON.bytes(form))))
    }

    /// Bytes of a media type; by default such as are no text.
    package static func bytes(
        _ bytes: some Sequence<UInt8>, as type: String = "application/octet-stream",
        status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

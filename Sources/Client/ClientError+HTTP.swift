import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL
import Wire

extension ClientError {
    /// What an answer outside 200 to 299 means.
    init(status: Int, body: ByteBuffer, retryAfter: String?, backend: BackendAddress) {
        let form = try? WireJSON.decode(ErrorForm.self, from: Data(body.readableBytesView))
        let kind = Kind(status: status, code: form?.error.code)
        self.init(kind, form?.error.message ?? "")
        if message.isEmpty {
            message =
                "The backend at \(backend) answered with status \(status). "
                + (300..<400 ~= status ? Self.noRedirects : kind.advice)
        }
        code = form?.error.code
        indices = form?.error.indices ?? []
        retryAfterSeconds = retryAfter.flatMap(Double.init).flatMap {
            $0.isFinite && $0 >= 0 ? $0 : nil
        }
        if kind == .notLoggedIn { message += " Log in with: dsim login --user NAME" }
    }

    private static let noRedirects =
        "It sends elsewhere, where this program does not follow: give its own address."

    /// What it means that no answer came.
    init(transport error: any Error, backend: BackendAddress) {
        if let error = ClientError(insecure: error, at: "\(backend)") {
            self = error
            return
        }
        switch error {
        case let error as ClientError: self = error
        case is NIOTooManyBytesError:
            self.init(.misbehaving, "The backend at \(backend) sent more than it may.")
        case let error as HTTPClientError
        where [.readTimeout, .deadlineExceeded, .writeTimeout].contains(error):
            self.init(.unreachable, "The backend at \(backend) did not answer in time. Try again.")
        default:
            self.init(
                .unreachable,
                "The backend at \(backend) cannot be reached. Check that it runs, and the address "
                    + "given by --backend or DSIM_BACKEND.")
        }
    }

    /// No secure connection came about. Nil for an error of another kind.
    package init?(insecure error: any Error, at url: String) {
        guard error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError else {
            return nil
        }
        self.init(
            .misbehaving,
            "No secure connection to \(url): its certificate does not check out. If it has a "
                + "certificate authority of its own, name it with --tls-ca.")
    }

    /// What it means that an answer cannot be read.
    static func unreadable(_ what: String, from backend: BackendAddress) -> ClientError {
        ClientError(
            .misbehaving,
            "The backend at \(backend) sent \(what) that cannot be read. Its version may not fit "
                + "this program's.")
    }
}

extension ClientError.Kind {
    fileprivate init(status: Int, code: String?) {
        self =
            switch (status, code) {
            case (401, "wrong-credentials"): .wrongCredentials
            case (401, _): .notLoggedIn
            case (403, _): .forbidden
            case (404, _): .notFound
            case (410, _): .gone
            case (409, "name-taken"): .alreadyExists
            case (409, "unknown-chunks"): .unknownChunks
            case (409, "former-account"), (421, _): .forbidden
            case (429, _): .tooManyAttempts
            case (502, _), (503, _), (504, _): .unavailable
            case (507, _): .noSpace
            case (400..<500, _): .refused
            default: .misbehaving
            }
    }

    fileprivate var advice: String {
        switch self {
        case .unavailable, .tooManyAttempts: "Try again later."
        case .notFound: "Check that the address is a backend's."
        default: "Its log may say more."
        }
    }
}

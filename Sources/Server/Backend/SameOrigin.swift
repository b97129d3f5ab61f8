import HTTPTypes
import Hummingbird

/// Refuses what a page of another site has a browser ask for, unless it only reads: such a page could
/// log its visitor in as somebody else, who then finds what the visitor uploads.
///
/// A browser says in `Sec-Fetch-Site` where a request is from. One that does not (older ones, and all
/// where there is no TLS) says in `Origin` whose page it is, which must be this backend. What says
/// neither is no browser. (As CrossOriginProtection in Go's net/http.)
struct SameOrigin: Sendable {
    /// The base of the backend's URLs, as others reach it.
    let address: String

    private static let site = HTTPField.Name("Sec-Fetch-Site")!

    func check(_ request: Request) throws(HTTPFailure) {
        guard request.method == .get || request.method == .head || isFromHere(request) else {
            throw HTTPFailure(
                .forbidden, "cross-site",
                "The request comes from a page of another site. Behind a proxy, set PUBLIC_URL.")
        }
    }

    private func isFromHere(_ request: Request) -> Bool {
        if let site = request.headers[Self.site] { return site == "same-origin" || site == "none" }
        guard let origin = request.headers[.origin] else { return true }
        return origin == address || origin == "https://\(request.head.authority ?? "")"
            || origin == "http://\(request.head.authority ?? "")"
    }
}

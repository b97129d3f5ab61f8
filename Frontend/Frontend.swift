import Cryptography
import Primitives

/// The web page: its files, as they are served. They stand in the program itself, so that a backend
/// is one file.
package enum Frontend {
    /// A file of the page.
    package struct File: Sendable {
        /// What it holds.
        package let bytes: [UInt8]
        /// Its media type, with the character set of what is text.
        package let contentType: String
        /// A strong entity tag, quoted as `ETag` and `If-None-Match` have it (RFC 9110 §8.8.3).
        package let entityTag: String

        fileprivate init(_ bytes: [UInt8], _ contentType: String) {
            self.bytes = bytes
            self.contentType = contentType
            entityTag = "\"\(SHA256.hash(bytes))\""
        }
    }

    /// The value of `Content-Security-Policy` that every file of the page is served with. The page
    /// needs no more: neither inline code or styles, nor anything from elsewhere.
    package static let contentSecurityPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
        connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
        """

    /// The paths that there is a file for, in order.
    package static var paths: [String] { files.keys.sorted() }

    /// The file at the path of a request (`/`, `/app.js`); nil when the page has none there.
    package static func file(at path: String) -> File? { files[path] }

    private static let files: [String: File] = {
        let script = "text/javascript; charset=utf-8"
        let page = File(PackageResources.index_html, "text/html; charset=utf-8")
        return [
            "/": page,
            "/index.html": page,
            "/style.css": File(PackageResources.style_css, "text/css; charset=utf-8"),
            "/favicon.svg": File(PackageResources.favicon_svg, "image/svg+xml"),
            "/api.js": File(PackageResources.api_js, script),
            "/app.js": File(PackageResources.app_js, script),
            "/chain.js": File(PackageResources.chain_js, script),
            "/deleted.js": File(PackageResources.deleted_js, script),
            "/dialog.js": File(PackageResources.dialog_js, script),
            "/dom.js": File(PackageResources.dom_js, script),
            "/drop.js": File(PackageResources.drop_js, script),
            "/entries.js": File(PackageResources.entries_js, script),
            "/files.js": File(PackageResources.files_js, script),
            "/format.js": File(PackageResources.format_js, script),
            "/forms.js": File(PackageResources.forms_js, script),
            "/ledger.js": File(PackageResources.ledger_js, script),
            "/network.js": File(PackageResources.network_js, script),
            "/upload.js": File(PackageResources.upload_js, script),
            "/verify.js": File(PackageResources.verify_js, script),
        ]
    }()
}

import Foundation
import Primitives

/// Where a backend's database is, as `DATABASE_URL` says it: `sqlite:///users.db` lies in the data
/// folder, `sqlite:////var/lib/users.db` at an absolute path.
package struct DatabaseURL: Sendable, Equatable {
    /// The file: absolute, or relative to the data folder.
    package let path: String

    private static let scheme = "sqlite"

    /// Reads a URL. Throws for a scheme other than `sqlite` and for what names no file. The error
    /// never quotes the URL, which may hold a password.
    package init(_ text: String) throws(DatabaseURLError) {
        guard let mark = text.range(of: "://") else { throw .notAURL }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard scheme == Self.scheme else {
            // Only a word that looks like a scheme is safe to repeat.
            let isScheme =
                !scheme.isEmpty && scheme.count <= 32 && scheme.isAlphanumeric(besides: "+-.")
            throw .unsupportedScheme(isScheme ? scheme : nil)
        }
        let rest = text[mark.upperBound...]
        guard rest.hasPrefix("/") else { throw .host }
        let path = rest.dropFirst()
        guard !path.contains("?"), !path.contains("#") else { throw .options }
        guard path != ":memory:" else { throw .inMemory }
        guard !path.isEmpty, !path.hasSuffix("/"), !path.unicodeScalars.contains("\0") else {
            throw .noFile
        }
        self.path = String(path)
    }

    /// The path of the file, for a data folder.
    package func path(inDataFolder folder: String) -> String {
        if path.hasPrefix("/") { return path }
        return folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }

}

/// Why a text is not the URL of a database that can be used.
package enum DatabaseURLError: Error, Equatable {
    case notAURL
    /// Another kind of database; nil where its name is better not repeated.
    case unsupportedScheme(String?)
    case host
    case options
    case inMemory
    case noFile
}

extension DatabaseURLError: CustomStringConvertible {
    /// One sentence: what is wrong, and what to write.
    package var description: String {
        let form = "write sqlite:///users.db, or sqlite:////absolute/path.db"
        return switch self {
        case .notAURL: "The database URL has no scheme: \(form)."
        case .unsupportedScheme(let scheme?):
            "The database URL names a \(scheme) database, but only SQLite is supported: \(form)."
        case .unsupportedScheme(nil): "The database URL's scheme is not sqlite: \(form)."
        case .host: "The database URL has fewer than three slashes: \(form)."
        case .options: "The database URL has options, which are not supported: \(form)."
        case .inMemory: "A database in memory would lose the ledger: \(form)."
        case .noFile: "The database URL names no file: \(form)."
        }
    }
}

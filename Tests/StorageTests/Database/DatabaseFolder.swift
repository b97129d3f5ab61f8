import Foundation
import Storage

/// A folder for the databases of one test, which goes with it.
final class DatabaseFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(
            path: "decentrastore-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String = "users.db") -> String { url.appending(path: name).path }

    /// What is on disk of a database at this moment, under another name: what a crash would leave.
    func copyFiles(of name: String = "users.db", to copy: String) throws {
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: path(name + suffix), toPath: path(copy + suffix))
        }
    }
}

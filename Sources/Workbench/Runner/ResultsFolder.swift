import Foundation

/// A folder that results are written to.
package struct ResultsFolder: Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// Why results could not be written, and where.
    package struct WriteError: Error, Equatable, CustomStringConvertible {
        package var path: String
        package var action: String
        package var code: CInt

        package var description: String {
            "cannot \(action) \(path): \(String(cString: strerror(code)))"
        }
    }

    /// Writes all that a run left: `report.md`, `metrics.json`, `timeseries.csv`, `timing.json`.
    package func write(
        _ result: RunResult, _ timing: RunTiming, command: String, reality: Reality? = nil
    ) throws(WriteError) {
        try create()
        try write(MetricsFile.text(of: result), to: "metrics.json")
        try write(TimeSeriesFile.text(of: result.samples), to: "timeseries.csv")
        try write(MarkdownReport(result, command: command, reality: reality).text, to: "report.md")
        try write(timing.json, to: "timing.json")
    }

    /// Makes the folder and those above it where they are missing.
    package func create() throws(WriteError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? "\(component)" : "/\(component)"
            if mkdir(made, 0o777) == 0 { continue }
            let code = errno
            // Other codes than "exists" also come up for folders that are there, such as on a
            // read-only disk.
            guard Self.isFolder(made) else {
                throw WriteError(
                    path: made, action: "make the folder", code: code == EEXIST ? ENOTDIR : code)
            }
        }
    }

    /// Writes one file so that whoever looks sees the old text or the new, never a part: into a
    /// temporary file beside it, synced, then renamed.
    package func write(_ text: String, to name: String) throws(WriteError) {
        let target = "\(path)/\(name)"
        let temporary = "\(path)/.\(name).\(getpid()).tmp"
        var code = Self.fill(temporary, with: Array(text.utf8))
        if code == 0, rename(temporary, target) != 0 { code = errno }
        guard code == 0 else {
            unlink(temporary)
            throw WriteError(path: target, action: "write", code: code)
        }
    }

    /// Returns the error number of what went wrong, or 0.
    private static func fill(_ path: String, with bytes: [UInt8]) -> CInt {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
        guard file >= 0 else { return errno }
        defer { close(file) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.write(file, $0.baseAddress! + offset, $0.count - offset)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return errno }
            offset += count
        }
        // EINVAL: a file that cannot be synced, such as a pipe.
        return fsync(file) == 0 || errno == EINVAL ? 0 : errno
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

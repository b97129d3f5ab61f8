import Foundation

/// A scenario on disk.
package enum ScenarioFile {
    /// Why a file could not be read.
    package struct ReadError: Error, Equatable, CustomStringConvertible {
        package var path: String
        package var code: CInt

        package var description: String {
            "cannot read \(path): \(String(cString: strerror(code)))"
        }
    }

    /// The bytes of the file, at most a few more than the parser takes. Throws what the system
    /// refused.
    package static func read(_ path: String) throws(ReadError) -> [UInt8] {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { throw ReadError(path: path, code: errno) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= JSONParser.maximumBytes {
            let count = Foundation.read(file, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw ReadError(path: path, code: errno) }
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        return bytes
    }

    /// The command that runs the file again. The same wherever the project lies and wherever it is
    /// called from, so that reports are: a file of the folder `Scenarios` is named with it, any
    /// other by its name alone.
    package static func command(path: String, seed: UInt64, options: String = "") -> String {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        let folder = url.deletingLastPathComponent().lastPathComponent
        let file =
            folder == "Scenarios" ? "Scenarios/\(url.lastPathComponent)" : url.lastPathComponent
        return "Scripts/dsim run \(file) --seed \(seed)\(options)"
    }
}

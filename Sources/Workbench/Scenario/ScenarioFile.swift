import Foundation
import Platform
package import Primitives

/// A scenario on disk.
package enum ScenarioFile {
    /// The bytes of the file, at most a few more than the parser takes. Throws what the system
    /// refused.
    package static func read(_ path: String) throws(SystemError) -> [UInt8] {
        try translating(
            try FileSystem().open(path, .reading).rest(limit: JSONParser.maximumBytes)
        ) { (error: SystemError) in SystemError(.read, path, code: error.code) }
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

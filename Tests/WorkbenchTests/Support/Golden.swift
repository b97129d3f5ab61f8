import Foundation
import Testing

/// Texts that are compared with files of the project, so that a change of what people read is seen.
///
/// `UPDATE_GOLDEN=1 swift test` writes them anew.
enum Golden {
    /// The project's folder.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func expect(
        _ text: String, equals path: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = root.appending(path: path)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        let lines = zip(
            text.split(separator: "\n", omittingEmptySubsequences: false),
            golden.split(separator: "\n", omittingEmptySubsequences: false))
        let difference = lines.enumerated().first { $0.element.0 != $0.element.1 }
        #expect(
            text == golden,
            """
            \(path) differs, first in line \(difference.map { "\($0.offset + 1)" } ?? "at the end"):
            \(difference.map { "- \($0.element.1)\n+ \($0.element.0)" } ?? "")
            If that is meant, run UPDATE_GOLDEN=1 swift test and look at the difference.
            """, sourceLocation: sourceLocation)
    }
}

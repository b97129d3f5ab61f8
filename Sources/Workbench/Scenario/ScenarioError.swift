/// One thing that is wrong with a scenario file.
package struct ScenarioIssue: Equatable, Sendable {
    package var position: TextPosition
    /// The keys that lead to the place, such as "protocol.replicas" or "faults[2].partition.at";
    /// empty for the file as a whole.
    package var path: String
    /// What is wrong; and after a ";" what is allowed.
    package var problem: String

    /// The line that a person reads: `file:line: key.path: what is wrong; what is allowed`.
    package func text(file: String) -> String {
        let place = path.isEmpty ? "column \(position.column)" : path
        return "\(file):\(position.line): \(place): \(problem)"
    }
}

/// Everything that is wrong with a scenario file, in the order of its text.
package struct ScenarioError: Error, Equatable, CustomStringConvertible {
    package var file: String
    package var issues: [ScenarioIssue]

    package init(file: String, issues: [ScenarioIssue]) {
        self.file = file
        self.issues = issues.sorted { $0.position < $1.position }
    }

    /// A file that is wrong as a whole.
    init(file: String, problem: String) {
        let start = TextPosition(line: 1, column: 1)
        self.init(file: file, issues: [ScenarioIssue(position: start, path: "", problem: problem)])
    }

    /// More would only bury the first.
    private static let mostShown = 50

    /// One line an issue.
    package var description: String {
        var lines = issues.prefix(Self.mostShown).map { $0.text(file: file) }
        if issues.count > Self.mostShown {
            lines.append("\(file): and \(issues.count - Self.mostShown) more")
        }
        return lines.joined(separator: "\n")
    }
}

import Foundation
import Platform
package import Primitives

/// Where a fuzzer keeps what it found: a scenario file for each group, and how far it is.
package struct FoundFolder: Sendable {
    package let path: String
    private let folder: ResultsFolder
    private static let state = "state.json"

    /// Makes the folder where it is missing.
    package init(_ path: String) throws(SystemError) {
        self.path = path
        folder = ResultsFolder(path)
        try folder.create()
    }

    /// Writes the report, and the scenarios of the groups from this index on.
    package func write(_ report: FuzzReport, groupsFrom index: Int) throws {
        for group in report.groups[index...] {
            try write(ScenarioDrawer.scenario(group.drawing), of: group)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try folder.write(
            String(decoding: encoder.encode(report), as: UTF8.self) + "\n", to: Self.state)
    }

    /// Writes a scenario that shows what a group is of.
    package func write(_ scenario: Scenario, of group: FuzzReport.Group) throws(SystemError) {
        var scenario = scenario
        scenario.description = "\(group.finding.oracle): \(group.finding.site)"
        try folder.write(scenario.text, to: group.file)
    }

    /// The report that was written last.
    package func report() throws -> FuzzReport {
        let file = "\(path)/\(Self.state)"
        let bytes = try ScenarioFile.read(file)
        do {
            return try JSONDecoder().decode(FuzzReport.self, from: Data(bytes))
        } catch {
            throw ScenarioError(
                file: file, problem: "is no state of a fuzzer; start anew without --resume")
        }
    }
}

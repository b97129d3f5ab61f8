package import Simulation

/// What a scenario file says: a world, and what is expected of it.
package struct Scenario: Equatable, Sendable {
    /// What the scenario is for, in words; may be empty.
    package var description = ""
    package var configuration: WorldConfiguration
    package var expectations: [Expectation] = []

    package init(configuration: WorldConfiguration = WorldConfiguration()) {
        self.configuration = configuration
    }

    package var name: String { configuration.name }

    /// Reads a scenario file's text; `file` names it in errors. Throws everything that is wrong with
    /// it at once, except that text that is no JSON is refused at its first fault.
    package init(json bytes: [UInt8], file: String) throws(ScenarioError) {
        let node: JSONNode
        do {
            node = try JSONParser.parse(bytes)
        } catch {
            let issue = ScenarioIssue(position: error.position, path: "", problem: error.problem)
            throw ScenarioError(file: file, issues: [issue])
        }
        var scenario = Scenario()
        var reader = ScenarioReader()
        reader.readObject(node, "", keys: ScenarioSchema.scenario, into: &scenario)
        scenario.check(&reader)
        guard reader.issues.isEmpty else { throw ScenarioError(file: file, issues: reader.issues) }
        self = scenario
    }
}

import ArgumentParser
import Workbench

struct ScenarioCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenario",
        abstract: "Check scenarios without running them, or print the reference of the format.")

    @Argument(help: "The scenarios to check.", completion: .file(extensions: ["json"]))
    var files: [String] = []

    @Flag(help: "Print every key of a scenario file: what is allowed, its default, its meaning.")
    var reference = false

    func validate() throws {
        try require(files.isEmpty == reference, "Give scenarios to check, or --reference.")
    }

    func report() async throws -> ExitStatus {
        if reference { Output.standard(ScenarioReference.text) }
        for file in files {
            let scenario = try Scenario(json: ScenarioFile.read(file), file: file)
            Output.standard("\(file): fine\n\n\(scenario.inWords)")
        }
        return .fine
    }
}

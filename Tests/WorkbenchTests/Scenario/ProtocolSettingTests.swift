import Foundation
import Primitives
import Roles
import Server
import Simulation
import Testing

@testable import Workbench

/// A setting of the protocol is one entry of `ProtocolSettings.all`: everything else derives from it.
@Suite struct ProtocolSettingTests {
    /// The settings that a scenario gives, or what it is refused with.
    private func scenario(_ protocolKeys: String) throws -> ProtocolSettings {
        let text = #"{"name": "x", "duration": "1h", "protocol": {"# + protocolKeys + "}}"
        return try Scenario(json: Array(text.utf8), file: "s").configuration.settings
    }

    private func server(
        _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
    ) throws -> ProtocolSettings {
        let values = try SettingValues(
            arguments: arguments + (file == nil ? [] : ["--config", "f"]),
            environment: environment, load: { _ in file })
        return try ServePlan(values).server.protocolSettings
    }

    private func problem(_ body: () throws -> ProtocolSettings) -> String {
        do {
            _ = try body()
            return ""
        } catch { return "\(error)" }
    }

    /// Each way in which somebody can give a setting this value.
    private func ways(
        _ setting: Setting<ProtocolSettings>, _ text: String
    ) -> [() throws -> ProtocolSettings] {
        let json = setting.isNumber ? text : "\"\(text)\""
        return [
            { try scenario("\"\(setting.name)\": \(json)") },
            { try server(["--\(setting.flag)", text]) },
            { try server(environment: [setting.variable: text]) },
            { try server(file: "\(setting.flag) = \(text)") },
            { try server(file: "\(setting.variable)=\(text)") },
        ]
    }

    @Test(arguments: ProtocolSettings.all.indices)
    func `it stands in both references and is read in each way`(index: Int) throws {
        let setting = ProtocolSettings.all[index]
        let flags = try SettingValues(arguments: [], environment: [:]).reference
        #expect(ScenarioReference.text.contains("| `protocol.\(setting.name)` "))
        #expect(flags.contains("  --\(setting.flag)  \(setting.variable)\n"))
        for text in [ScenarioReference.text, flags.replacing(/\s+/, with: " ")] {
            #expect(text.contains(setting.sentence) && text.contains(setting.allowed))
        }
        let standard = setting.text(ProtocolSettings())
        for read in ways(setting, standard) {
            #expect(setting.text(try read()) == standard)
        }
    }

    @Test(arguments: ProtocolSettings.all.indices)
    func `what is not allowed is refused with the same words in each way`(index: Int) throws {
        let setting = ProtocolSettings.all[index]
        for text in ["-1", "99999999999", "51y"] {
            for read in ways(setting, text).dropFirst(text == "51y" && setting.isNumber ? 1 : 0) {
                #expect(problem(read).contains("; allowed: \(setting.allowed)"), "\(text)")
            }
        }
    }

    @Test(arguments: [
        ("writeQuorum", "4", "with 3 replicas; allowed: "),
        ("suspectAfter", "10s", "is not longer than "), ("deadAfter", "45s", "is not longer than "),
        ("orphanGrace", "1h", "is not longer than "),
    ])
    func `a rule is told with the same words in each way`(name: String, text: String, words: String)
        throws
    {
        let setting = try #require(ProtocolSettings.all.first { $0.name == name })
        for read in ways(setting, text) { #expect(problem(read).contains(words)) }
    }

    @Test func `names derive from one`() throws {
        let setting = try #require(ProtocolSettings.all.first { $0.name == "antiEntropyInterval" })
        #expect(setting.flag == "anti-entropy-interval")
        #expect(setting.variable == "ANTI_ENTROPY_INTERVAL")
    }
}

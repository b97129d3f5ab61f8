import Foundation
import Testing

@Suite struct HelpTests {
    @Test(arguments: [
        ("help.txt", ["--help"]), ("help-run.txt", ["run", "--help"]),
        ("help-fuzz.txt", ["fuzz", "--help"]),
        ("help-scenario.txt", ["scenario", "--help"]), ("help-put.txt", ["put", "--help"]),
        ("help-get.txt", ["get", "--help"]), ("help-login.txt", ["login", "--help"]),
        ("help-ledger-verify.txt", ["ledger", "verify", "--help"]),
        ("help-ledger-prove.txt", ["ledger", "prove", "--help"]),
    ])
    func `help is the one on file`(file: String, arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let outcome = try Dsim(folder: folder.url).run(arguments)
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        let golden = Dsim.root.appending(path: "Tests/Golden/\(file)")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try outcome.output.write(to: golden, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: golden, encoding: .utf8)
        #expect(
            outcome.output == expected, "if that is meant, run UPDATE_GOLDEN=1 swift test")
    }

    @Test func `every exit code of the help is documented once`() throws {
        let text = try String(
            contentsOf: Dsim.root.appending(path: "Tests/Golden/help-run.txt"), encoding: .utf8)
        for code in [
            "0", "1", "2", "64", "65", "66", "69", "73", "74", "75", "76", "77", "130",
        ] {
            let lines = text.split(separator: "\n").filter {
                $0.drop { $0 == " " }.hasPrefix("\(code)  ")
            }
            #expect(lines.count == 1, "\(code)")
        }
    }

    @Test func `the version is told`() throws {
        let folder = try TemporaryFolder()
        let outcome = try Dsim(folder: folder.url).run("--version")
        #expect(outcome.status == 0)
        #expect(outcome.output.split(separator: ".").count == 3)
    }
}

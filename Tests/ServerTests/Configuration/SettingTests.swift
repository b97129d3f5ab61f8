import Extremes
import Primitives
import Roles
import Testing

@testable import Server

@Suite struct SettingTests {
    private func values(
        flags: [String: String] = [:], environment: [String: String] = [:], file: String? = nil
    ) throws -> SettingValues {
        let config = file == nil ? [] : ["--config", "dsim.conf"]
        return try SettingValues(
            arguments: config + flags.flatMap { ["--\($0.key)", $0.value] },
            environment: environment, load: { $0 == "dsim.conf" ? file : nil })
    }

    private func problem(
        flags: [String: String] = [:], environment: [String: String] = [:], file: String? = nil
    ) -> String? {
        do {
            _ = try ServePlan(values(flags: flags, environment: environment, file: file))
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func setting(_ flag: String) throws -> Setting<ServePlan> {
        try #require(ServePlan.settings.first { $0.flag == flag })
    }

    @Test func `flags come before the environment and that before the file`() throws {
        let file = "port = 1003\n# a comment\n\nHOST = file.example\n capacity=1TB \n"
        let all = try values(
            flags: ["port": "1001"], environment: ["PORT": "1002", "HOST": "env.example"],
            file: file)
        #expect(all.value(of: try setting("port"))! == ("1001", .flag))
        #expect(all.value(of: try setting("host"))! == ("env.example", .environment))
        #expect(all.value(of: try setting("capacity"))! == ("1TB", .file("dsim.conf")))
        #expect(all.value(of: try setting("replicas")) == nil)
        let plan = try ServePlan(all)
        #expect(plan.server.port == 1001 && plan.server.host == "env.example")
        #expect(plan.server.capacityBytes == 1_000_000_000_000)
        let empty = try values(environment: ["PORT": ""], file: file)
        #expect(empty.value(of: try setting("port"))?.text == "1003", "an empty variable is none")
    }

    @Test func `what nobody sets is the protocol's own`() throws {
        let plan = try ServePlan(values())
        #expect(plan.server.protocolSettings == ProtocolSettings())
        #expect(plan.role == .all && plan.server.port == 5000)
        #expect(
            try ServePlan(values(flags: ["replicas": "5"])).server.protocolSettings.writeQuorum == 3
        )
    }

    @Test func `errors name where the value stands`() {
        #expect(
            problem(flags: ["port": "0"])
                == "--port is '0'; allowed: a whole number from 1 to 65535.")
        #expect(
            problem(environment: ["PORT": "x"])?
                .hasPrefix("The environment variable PORT is 'x'; allowed: ") == true)
        #expect(problem(file: "port = 70000")?.hasPrefix("port in dsim.conf is '70000'") == true)
        #expect(problem(file: "a line") == "dsim.conf, line 1: expected key = value.")
        #expect(problem(file: "\nspeed = 9") == "dsim.conf, line 2: there is no setting 'speed'.")
        #expect(problem(file: "port=1\nPORT=2") == "dsim.conf, line 2: PORT stands there twice.")
        #expect(
            problem(flags: ["suspect-after": "1h"], environment: ["DEAD_AFTER": "30m"])
                == "The environment variable DEAD_AFTER \"30m\" is not longer than --suspect-after \"1h\"; allowed: longer."
        )
    }

    @Test func `what is no setting is refused with the nearest`() {
        #expect(
            problem(flags: ["dead-afer": "1h"])
                == "There is no setting '--dead-afer'; did you mean --dead-after?")
        #expect(
            problem(flags: ["xyzzy": "1"])
                == "There is no setting '--xyzzy'; dsim serve --help lists them.")
        func refusal(_ arguments: String...) -> String? {
            do {
                _ = try SettingValues(arguments: arguments, environment: [:])
                return nil
            } catch { return "\(error)" }
        }
        #expect(refusal("--port") == "--port needs a value.")
        #expect(refusal("node") == "There is no setting 'node'; did you mean --nodes?")
        #expect(refusal("--port=1", "--data=a=b", "--config") == "--config needs a value.")
        #expect(refusal("--port=1", "--data=a=b", "--host", "--x") == nil)
    }

    @Test func `domains are assigned to nodes by their ids`() throws {
        let text = "0000000000000001=7,00000000000000ff=0"
        let plan = try ServePlan(values(flags: ["assign-domains": text]))
        #expect(plan.backend.assignedDomains == [PeerID(1): 7, PeerID(255): 0])
        #expect(try setting("assign-domains").text(plan) == text)
        #expect(try ServePlan(values()).backend.assignedDomains == nil)
    }

    @Test func `a switch may stand alone`() throws {
        for arguments in [
            ["--new-ledger"], ["--new-ledger", "--port", "1"], ["--new-ledger", "yes"],
            ["--new-ledger=yes"],
        ] {
            let plan = try ServePlan(SettingValues(arguments: arguments, environment: [:]))
            #expect(plan.backend.beginsLedger, "\(arguments)")
        }
        #expect(try !ServePlan(values(flags: ["new-ledger": "no"])).backend.beginsLedger)
        #expect(try !ServePlan(values()).backend.beginsLedger)
    }

    @Test(arguments: [
        ("role", "king"), ("host", ""), ("port", "-1"), ("port", "65536"), ("port", "1.5"),
        ("public-url", "ftp://x"), ("public-url", "http://x/"), ("data", ""),
        ("discovery-url", ""), ("discovery-url", "http://a,b"), ("replicas", "0"),
        ("replicas", "65"), ("write-quorum", "0"), ("write-quorum", "4"),
        ("chunk-size", "4095"), ("chunk-size", "16777217"), ("capacity", "-1"), ("capacity", "0"),
        ("capacity", "18446744073709551616"), ("capacity", "99999999TiB"), ("capacity", "1PB"),
        ("assign-domains", ""), ("assign-domains", "1=1"),
        ("assign-domains", "0000000000000001"), ("assign-domains", "0000000000000001=x"),
        ("assign-domains", "0000000000000001=1,0000000000000001=2"),
        ("assign-domains", "0000000000000001=1,"), ("domain-percent", "0"),
        ("domain", "-1"), ("domain", "4294967296"), ("nodes", "0"), ("nodes", "101"),
        ("heartbeat-interval", "0s"), ("heartbeat-interval", "-1s"), ("heartbeat-interval", "1"),
        ("heartbeat-interval", "1h"), ("upload-expiry", "2h"),
        ("suspect-after", "5s"), ("dead-after", "1s"), ("dead-after", "999999999d"),
        ("tls-certificate", "x"), ("tls-key", "x"), ("connections", "0"),
        ("connections", "100001"), ("log-level", "loud"), ("log-format", "xml"),
        ("join-token", "short"), ("orphan-percent", "-1"), ("orphan-percent", "101"),
        ("new-ledger", "maybe"),
    ])
    func `values that make no sense are refused`(flag: String, value: String) throws {
        let message = try #require(problem(flags: [flag: value]), "--\(flag) \(value) was taken")
        #expect(message.contains("--") && message.hasSuffix("."), "\(message)")
    }

    @Test(arguments: ServePlan.settings.indices)
    func `an extreme is refused or reads as it is written`(index: Int) {
        let setting = ServePlan.settings[index]
        for text in Extremes.texts {
            var plan = ServePlan()
            guard setting.read(text, &plan) else { continue }
            let written = setting.text(plan)
            #expect(written.isEmpty || setting.read(written, &plan))
            #expect(setting.text(plan) == written, "--\(setting.flag) \(text)")
        }
    }

    @Test func `secrets are never shown`() throws {
        let secret = "an-operators-secret-of-some-length"
        let all = try values(
            flags: ["join-token": secret], environment: ["SECRET_KEY": secret])
        #expect(!all.reference.contains(secret) && all.reference.contains("(secret)"))
        let short = try #require(problem(flags: ["join-token": "too-short-token"]))
        #expect(!short.contains("too-short-token") && short.contains("16 characters"))
    }

    @Test func `a server of its own needs the join token`() throws {
        for role in ["discovery", "node", "backend"] {
            #expect(problem(flags: ["role": role])?.hasPrefix("--join-token or JOIN_TOKEN") == true)
            let token = "a token for the tests"
            #expect(problem(flags: ["role": role, "join-token": token]) == nil)
        }
        #expect(problem() == nil, "everything in one process needs nothing")
    }

    @Test func `every setting can be given in each way and stands in the reference`() throws {
        let all = ServePlan.settings
        for names in [all.map(\.name), all.map(\.flag), all.map(\.variable)] {
            #expect(Set(names).count == all.count)
        }
        let lines = try values().reference.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count < 80 })
        for setting in all {
            for values in [
                try values(flags: [setting.flag: "x"]),
                try values(environment: [setting.variable: "x"]),
                try values(file: "\(setting.flag) = x"),
                try values(file: "\(setting.variable)=x"),
            ] {
                #expect(values.value(of: setting)?.text == "x")
            }
            #expect(lines.contains("  --\(setting.flag)  \(setting.variable)"))
            let standard = setting.text(ServePlan())
            var plan = ServePlan()
            #expect(standard.isEmpty || setting.read(standard, &plan), "\(setting.flag)")
        }
    }

    @Test
    func `the reference shows each setting's present value, where it is from and its default`()
        throws
    {
        let reference = try values(
            flags: ["port": "7000", "capacity": "1TB", "join-token": "a secret of its own"],
            environment: ["LOG_FORMAT": "json"], file: "nodes = 7"
        ).reference.replacing(/\s+/, with: " ")
        for words in [
            "5000 for a backend; now 7000, from the command line",
            "Default: 100GB; now 1TB, from the command line",
            "Default: text; now json, from the environment", "Default: 5; now 7, from dsim.conf",
            "Default: dsim-data --", "now (secret), from the command line",
            "Default: more than half of replicas --",
        ] {
            #expect(reference.contains(words), "\(words)")
        }
        #expect(!reference.contains("a secret of its own"))
    }
}

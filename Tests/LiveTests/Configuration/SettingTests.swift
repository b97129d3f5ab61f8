import Primitives
import Testing

@testable import Live

@Suite struct SettingTests {
    private func values(
        flags: [String: String] = [:], environment: [String: String] = [:], file: String? = nil
    ) throws -> SettingValues {
        SettingValues(
            flags: flags, environment: environment,
            file: try file.map { ("dsim.conf", try SettingValues.parse(file: "dsim.conf", $0)) })
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

    @Test func flagsComeBeforeTheEnvironmentAndThatBeforeTheFile() throws {
        let file = "port = 1003\n# a comment\n\nHOST = file.example\n capacity=1TB \n"
        let all = try values(
            flags: ["port": "1001"], environment: ["PORT": "1002", "HOST": "env.example"],
            file: file)
        #expect(all.value(of: .port) == ("1001", .flag))
        #expect(all.value(of: .host) == ("env.example", .environment))
        #expect(all.value(of: .capacity) == ("1TB", .file("dsim.conf")))
        #expect(all.value(of: .replication) == ("3", .standard))
        #expect(all.value(of: .quorum) == (nil, .unset))
        let plan = try ServePlan(all)
        #expect(plan.server.port == 1001 && plan.server.host == "env.example")
        #expect(plan.server.capacityBytes == 1_000_000_000_000)
        let empty = try values(environment: ["PORT": ""], file: file)
        #expect(empty.text(.port) == "1003", "an empty variable is none")
    }

    @Test func errorsNameWhereTheValueStands() {
        #expect(
            problem(flags: ["port": "0"])?.hasPrefix("--port is '0', which is not a port") == true)
        #expect(
            problem(environment: ["PORT": "x"])?
                .hasPrefix("The environment variable PORT is 'x', which is not") == true)
        #expect(problem(file: "port = 70000")?.hasPrefix("port in dsim.conf is '70000'") == true)
        #expect(
            problem(file: "a line")?.hasPrefix("dsim.conf, line 1: expected key = value") == true)
        #expect(
            problem(file: "\nspeed = 9")?.contains("line 2: there is no setting 'speed'") == true)
        #expect(
            problem(file: "port=1\nPORT=2")?.contains("line 2: PORT stands there twice") == true)
    }

    @Test(arguments: [
        ("role", "king"), ("host", ""), ("port", "-1"), ("port", "65536"), ("port", "1.5"),
        ("public-url", "ftp://x"), ("public-url", "http://x/"), ("data", ""),
        ("discovery-url", ""), ("discovery-url", "http://a,b"), ("replication", "0"),
        ("replication", "17"), ("write-quorum", "0"), ("write-quorum", "4"),
        ("chunk-size", "4095"), ("chunk-size", "16777217"), ("capacity", "-1"), ("capacity", "0"),
        ("capacity", "18446744073709551616"), ("capacity", "99999999TiB"), ("capacity", "1PB"),
        ("domain", "-1"), ("domain", "4294967296"), ("nodes", "0"), ("nodes", "101"),
        ("heartbeat", "0s"), ("heartbeat", "-1s"), ("heartbeat", "1"), ("heartbeat", "1h"),
        ("suspect-after", "5s"), ("dead-after", "1s"), ("dead-after", "999999999d"),
        ("tls-certificate", "x"), ("tls-key", "x"), ("connections", "0"),
        ("connections", "100001"), ("log-level", "loud"), ("log-format", "xml"),
        ("join-token", "short"),
    ])
    func valuesThatMakeNoSenseAreRefused(flag: String, value: String) throws {
        let message = try #require(problem(flags: [flag: value]), "--\(flag) \(value) was taken")
        #expect(message.contains("--") && message.hasSuffix("."), "\(message)")
    }

    @Test func secretsAreNeverShown() throws {
        let secret = "an-operators-secret-of-some-length"
        let all = try values(
            flags: ["join-token": secret], environment: ["SECRET_KEY": secret])
        #expect(!all.table.contains(secret) && all.table.contains("(secret)"))
        let short = try #require(problem(flags: ["join-token": "too-short-token"]))
        #expect(!short.contains("too-short-token") && short.contains("16 characters"))
    }

    @Test func aServerOfItsOwnNeedsTheJoinToken() throws {
        for role in ["discovery", "node", "backend"] {
            #expect(problem(flags: ["role": role])?.hasPrefix("--join-token or JOIN_TOKEN") == true)
            let token = "a token for the tests"
            #expect(problem(flags: ["role": role, "join-token": token]) == nil)
        }
        #expect(problem() == nil, "everything in one process needs nothing")
    }

    @Test func everySettingCanBeGivenInEachWay() throws {
        #expect(Set(Setting.all.map(\.flag)).count == Setting.all.count)
        #expect(Set(Setting.all.map(\.variable)).count == Setting.all.count)
        for setting in Setting.all {
            for values in [
                try values(flags: [setting.flag: "x"]),
                try values(environment: [setting.variable: "x"]),
                try values(file: "\(setting.flag) = x"),
                try values(file: "\(setting.variable)=x"),
            ] {
                #expect(values.text(setting) == "x")
            }
        }
    }

    @Test func quantitiesAreReadWithTheirUnits() {
        for (text, bytes) in [
            ("1", 1), ("1B", 1), ("1KB", 1_000), ("2KiB", 2_048), ("3 MiB", 3 << 20),
            ("500GB", 500_000_000_000), ("2TiB", 2 << 40), ("18446744073709551615", .max),
        ] as [(String, UInt64)] {
            #expect(SettingQuantity.bytes(text) == bytes, "\(text)")
        }
        for text in ["", "B", "-1", "1.5GB", "1 2", "1GBB", "99999999999TB", "KiB"] {
            #expect(SettingQuantity.bytes(text) == nil, "\(text)")
        }
        for (text, duration) in [
            ("500ms", Duration.milliseconds(500)), ("10s", .seconds(10)), ("5m", .minutes(5)),
            ("12h", .hours(12)), ("14d", .days(14)),
        ] {
            #expect(SettingQuantity.duration(text) == duration, "\(text)")
        }
        for text in ["", "s", "1", "-1s", "1.5s", "1w", "9223372036854775807d", "0ms"] {
            #expect(SettingQuantity.duration(text) == nil, "\(text)")
        }
    }

    @Test func theHelpShowsEachSettingsPresentValueWhereItIsFromAndItsDefault() {
        let flags = SettingValues.flags(in: [
            "dsim", "serve", "--port", "7000", "--capacity=1TB", "--nope", "x", "--join-token",
            "a secret of its own", "--data", "--help",
        ])
        #expect(flags == ["port": "7000", "capacity": "1TB", "join-token": "a secret of its own"])
        let table = SettingValues(
            flags: flags, environment: ["LOG_FORMAT": "json"],
            file: ("dsim.conf", ["nodes": "7"])
        ).table
        for line in [
            "now: 7000, from the command line; the default: not set",
            "now: 1TB, from the command line; the default: 100GB",
            "now: json, from the environment; the default: text",
            "now: 7, from dsim.conf; the default: 5",
            "now: dsim-data, from the default",
            "now: (secret), from the command line; the default: not set",
        ] {
            #expect("\(table)\n".contains("\n      \(line)\n"), "\(line)")
        }
        #expect(!table.contains("a secret of its own"))
        #expect(table.split(separator: "\n").allSatisfy { $0.count < 80 })
    }
}

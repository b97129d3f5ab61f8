import Cryptography
import Extremes
import Files
import Foundation
import HTTPTypes
import Ledger
import Primitives
import Spawning
import Synchronization
import Testing

@testable import Client
@testable import Wire

/// The commands, run as a user runs them.
@Suite struct CommandLineTests {
    private static let chunk = ChunkSize.standard.count

    private func story(
        _ body: @Sendable (ClientBench, Program) async throws -> Void
    ) async throws {
        let bench = try ClientBench()
        try await bench.backend.serve { address in
            try await body(bench, Program(bench, backend: address))
        }
    }

    private func logIn(_ dsim: Program) async throws {
        let registered = try await dsim.run("register", "--user", "ada")
        #expect(registered.status == 0, "\(registered)")
        let loggedIn = try await dsim.run("login", "--user", "ada")
        #expect(loggedIn.status == 0, "\(loggedIn)")
    }

    @Test func `a file is put under the names that a backend takes and no others`() async throws {
        try await story { bench, dsim in
            try await logIn(dsim)
            for name in Extremes.names where !name.contains("\0") {
                let put = try await dsim.run("put", "-", "--name=\(name)", "--replace", input: "x")
                #expect(put.status == (FileName.isAllowed(name) ? 0 : 64), "\(name): \(put)")
            }
        }
    }

    @Test func `a file goes and comes back`() async throws {
        try await story { bench, dsim in
            try await logIn(dsim)
            let bytes = ClientBench.bytes(3 * Self.chunk + 9)
            try bench.write(bytes, to: "report.bin")
            let put = try await dsim.run("put", "report.bin")
            #expect(put.status == 0 && put.errors.isEmpty, "\(put)")
            #expect(put.output.hasPrefix("report.bin: stored 768 KiB as id:"))

            let again = try await dsim.run("put", "report.bin")
            #expect(again.status == 73)
            #expect(again.errors.hasPrefix("dsim: A file of this name is stored already."))
            let replaced = try await dsim.run("put", "report.bin", "--replace", "--quiet")
            #expect(replaced.status == 0 && replaced.output.isEmpty, "\(replaced)")

            let list = try await dsim.run("ls")
            let lines = list.output.split(separator: "\n").map(String.init)
            #expect(lines.count == 2, "the older one is gone")
            #expect(lines[0] == "ID           SIZE  STORED               NAME")
            #expect(lines[1].hasSuffix(" 768 KiB  2030-03-17 17:46:41  report.bin"), "\(lines)")
            let json = try await dsim.run("ls", "--json")
            let form = try WireJSON.decode(FileListForm.self, from: Data(json.output.utf8))
            #expect(form.files.map(\.name) == ["report.bin"])
            #expect(form.files[0].sha256 == SHA256.hash(bytes))

            let kept = try await dsim.run("get", "report.bin")
            #expect(kept.status == 73 && kept.errors.contains("--force"), "\(kept)")
            let got = try await dsim.run("get", "report.bin", "-o", "copy.bin")
            #expect(got.status == 0 && got.output == "copy.bin: 768 KiB, verified\n", "\(got)")
            #expect(bench.read("copy.bin") == bytes)

            let info = try await dsim.run("info", "id:\(form.files[0].id)")
            #expect(info.output.contains("size     786,441 bytes (768 KiB)\n"), "\(info)")
            let removed = try await dsim.run("rm", "report.bin")
            #expect(removed.output == "report.bin: deleted\n", "\(removed)")
            let gone = try await dsim.run("get", "report.bin")
            #expect(gone.status == 66 && gone.errors.contains("dsim ls"), "\(gone)")
        }
    }

    @Test func `standard input and output carry files`() async throws {
        try await story { bench, dsim in
            try await logIn(dsim)
            let put = try await dsim.run("put", "-", "--name", "note", input: "some words\n")
            #expect(put.status == 0, "\(put)")
            let got = try await dsim.run("get", "note", "-o", "-")
            #expect(got.status == 0 && got.output == "some words\n" && got.errors.isEmpty)
        }
    }

    @Test func `passwords and sessions are asked for and told apart`() async throws {
        try await story { bench, dsim in
            let early = try await dsim.run("ls")
            #expect(early.status == 77)
            #expect(
                early.errors == "dsim: You are not logged in. Log in with: dsim login --user NAME\n"
            )
            try await logIn(dsim)
            let taken = try await dsim.run("register", "--user", "ada")
            #expect(taken.status == 73, "\(taken)")
            let wrong = try await dsim.run(
                "login", "--user", "ada", "--password-stdin", input: "wrong password\n")
            #expect(wrong.status == 77, "\(wrong)")
            let short = try await dsim.run(
                "login", "--user", "ada", "--password-stdin", input: "short\n")
            #expect(short.status == 65 && short.errors.contains("8 to 1024 bytes"), "\(short)")
            let changed = try await dsim.run(
                "passwd", "--password-stdin", input: "correct horse\nanother password\n")
            #expect(changed.status == 0, "\(changed)")
            let session = bench.path("home/.config/dsim/session.json")
            #expect(FileManager.default.fileExists(atPath: session))
            let out = try await dsim.run("logout")
            #expect(out.status == 0 && out.output == "ada is logged out.\n", "\(out)")
            #expect(!FileManager.default.fileExists(atPath: session))
            let new = try await dsim.run(
                "login", "--user", "ada", "--password-stdin", input: "another password\n")
            #expect(new.status == 0, "\(new)")
            var elsewhere = dsim
            elsewhere.environment["DSIM_BACKEND"] = "http://127.0.0.1:7"
            let other = try await elsewhere.run("ls")
            #expect(other.status == 77 && other.errors.contains("not at http://127.0.0.1:7"))
        }
    }

    @Test func `an interrupted upload goes on later`() async throws {
        try await story { bench, dsim in
            try await logIn(dsim)
            let bytes = ClientBench.bytes(40 * Self.chunk)
            try bench.write(bytes, to: "big")
            // From the eleventh chunk on the backend is away: the program waits and tries.
            bench.backend.add(
                .init(
                    method: .put, path: "/api/chunks", times: .max,
                    trouble: .status(503, code: "unavailable", retryAfter: 20), after: 10))
            let before = bench.backend.count("PUT /api/chunks")
            let broken = try await dsim.run("put", "big") { process in
                while bench.backend.count("PUT /api/chunks") < before + 18 {
                    try await Task.sleep(nanoseconds: 5_000_000)
                }
                kill(process.processIdentifier, SIGINT)
            }
            #expect(broken.status == 130, "\(broken)")
            #expect(
                broken.errors
                    == "dsim: interrupted. Run the same command again to go on from there.\n")
            bench.backend.state.withLock { $0.faults = [] }
            let put = try await dsim.run("put", "big")
            #expect(put.status == 0 && put.output.contains(" of it before as id:"), "\(put)")
            #expect(bench.backend.state.withLock { $0.everPut.count } == 40)
            let got = try await dsim.run("get", "big", "-o", "copy")
            #expect(got.status == 0, "\(got)")
            #expect(bench.read("copy") == bytes)
        }
    }

    @Test func `the ledger is verified, shown, proven and exported`() async throws {
        try await story { bench, dsim in
            try await logIn(dsim)
            let put = try await dsim.run("put", "-", "--name", "note", input: "some words\n")
            #expect(put.status == 0, "\(put)")
            let id = try #require(
                put.output.firstRange(of: "id:").map { put.output[$0.lowerBound...] }
            )
            .trimmingCharacters(in: .newlines)
            bench.backend.append([
                .membership(MembershipRecord(node: PeerID(9), event: .left)),
                .placement(.released(ChunkID(.zero), size: 5)),
            ])
            let verified = try await dsim.run("ledger", "verify")
            #expect(verified.status == 0, "\(verified)")
            #expect(verified.output.hasPrefix("The ledger is whole and signed.\nblocks      2\n"))
            let again = try await dsim.run("ledger", "verify")
            #expect(again.output.contains("Since the last check it grew by 0 blocks.\n"))
            let export = try await dsim.run("ledger", "export", "-o", "ledger.bin")
            #expect(export.output == "ledger.bin: 2 blocks, 3 records, verified\n", "\(export)")

            for source in [[], ["--file", "ledger.bin"]] {
                func run(_ arguments: String...) async throws -> Program.Outcome {
                    try await dsim.run(all: ["ledger"] + arguments + source)
                }
                #expect(try await run("verify", "--json").output.contains("\"records\" : 3"))
                let blocks = try await run("show")
                #expect(blocks.output.hasPrefix("HEIGHT  RECORDS  TIME "), "\(blocks)")
                let block = try await run("show", "1")
                #expect(
                    block.output.contains("     1  membership  0000000000000009 left\n"), "\(block)"
                )
                #expect(block.output.contains("placement   0000000000000000…, 5 B, released\n"))
                let proof = try await run("prove", id)
                #expect(
                    proof.output.hasPrefix("The record is in the ledger.\nrecord  0 of 3\n"),
                    "\(proof)")
                let record = try await run("prove", "--record", "2")
                #expect(record.output.contains("record  2 of 3\n"), "\(record)")
                let missing = try await run("prove", "--record", "99")
                #expect(missing.status == 66, "\(missing)")
            }

            bench.backend.state.withLock { _ = $0.blocks.removeLast() }
            let cut = try await dsim.run("ledger", "verify")
            #expect(cut.status == 76 && cut.errors.contains("was cut off"), "\(cut)")
            let forgotten = try await dsim.run("ledger", "verify", "--forget")
            #expect(forgotten.status == 0, "\(forgotten)")
        }
    }

    @Test func `the network is shown`() async throws {
        try await story { _, dsim in
            try await logIn(dsim)
            let network = try await dsim.run("network")
            #expect(
                network.output == """
                    NODE              STATUS  DOMAIN  CHUNKS     FREE     OF  LAST SEEN            CLOCK       ADDRESS
                    0000000000000abc  alive        1      12  512 GiB  1 TiB  2031-01-02 03:04:05  40 s ahead  http://10.0.0.1:7001

                    DISCOVERY             ANSWERS  CLOCK
                    http://10.0.0.2:7000  yes      2 h behind

                    REPLICAS  CHUNKS
                           2       1
                           3      11

                    Each chunk is to have 3 replicas. Repairs: 1 waiting, 0 under way.
                    The ledger has 14 records in 1 block.

                    """, "\(network)")
            let json = try await dsim.run("network", "--json")
            _ = try WireJSON.decode(NetworkForm.self, from: Data(json.output.utf8))
        }
    }

    @Test func `a backend that is away ends with 69`() async throws {
        let bench = try ClientBench()
        var dsim = Program(bench, backend: .standard)
        dsim.environment["DSIM_BACKEND"] = "http://127.0.0.1:7"
        let outcome = try await dsim.run("login", "--user", "ada")
        #expect(outcome.status == 69, "\(outcome)")
        #expect(outcome.errors.contains("--backend or DSIM_BACKEND"))
    }

    @Test(arguments: [
        ["put"], ["put", "-"], ["put", "a", "b", "--name", "c"], ["get"], ["register"],
        ["put", "a", "--name", "b/c"], ["ledger", "prove"], ["ledger", "show", "--limit", "0"],
        ["ls", "--backend", "nowhere"],
    ])
    func `a wrong command line ends with 64`(arguments: [String]) async throws {
        let bench = try ClientBench()
        let outcome = try await Program(bench, backend: .standard).run(all: arguments)
        #expect(outcome.status == 64 && outcome.errors.contains("Usage:"), "\(outcome)")
    }
}

import Observation
import Primitives
import Simulation
import Testing

@testable import Workbench

/// Power that fails at every write and sync of the disk of a node or backend.
struct CrashPointsTests {
    private func search(
        of owner: DiskOwner = .node(0), backends: String = "", ledgerCopies: Int = 3,
        _ change: (inout CrashPoints) -> Void = { _ in }
    ) throws -> CrashPoints {
        let json = """
            {
              "name": "points", "seed": 3, "duration": "20m", "settle": "20m", "readBack": "5m",
              "topology": {"nodes": 4, "failureDomains": 2, "users": 1},
              "nodes": {"disk": {"segment": "8KiB"}}, "backends": {\(backends)},
              "protocol": {"orphanGrace": "5m", "uploadExpiry": "4m", "antiEntropyInterval": "5m",
                "ledgerCopies": \(ledgerCopies)},
              "workload": {
                "files": 8, "fill": "5m", "chunk": "64KiB", "largestFile": "256KiB",
                "readsPerDay": 3000, "writesPerDay": 1500, "deletesPerDay": 1500
              }
            }
            """
        var search = CrashPoints(
            try Scenario(json: Array(json.utf8), file: "points.json"), of: owner)
        search.goingOn = .minutes(2)
        change(&search)
        return search
    }

    @Test func `wherever the power fails, what was acknowledged stays`() throws {
        let report = try search { $0.draws = 2 }.run()
        #expect(report.points.count > 200, "few points show little")
        #expect(report.tried == report.points.count)
        #expect(report.findings == [], "\(report.text)")
        #expect(report.isFine)
    }

    @Test func `a disk whose syncs do nothing is found`() throws {
        let report = try search {
            $0.sample = 60
            $0.prepare = { $0.plant(.lie, onNode: 0) }
        }.run()
        #expect(report.tried == 60)
        #expect(!report.isFine)
        #expect(
            report.findings.contains { $0.oracle == "durable-acknowledgement" }, "\(report.text)")
    }

    @Test func `wherever the power of a backend fails, what was acknowledged stays`() throws {
        let report = try search(of: .backend(0)) { $0.draws = 2 }.run()
        #expect(report.points.count > 40, "few points show little")
        #expect(report.tried == report.points.count)
        #expect(report.isFine, "\(report.text)")
        #expect(report.text.contains("backend 0 changed or synced its disk"))
    }

    @Test func `a ledger whose commits do not last, and that nobody else keeps, is found`() throws {
        let report = try search(
            of: .backend(0), backends: #""lyingCommits": 1"#, ledgerCopies: 0
        ).run()
        #expect(report.findings.contains { $0.oracle == "durability" }, "\(report.text)")
    }

    @Test func `a block whose sync the power failed in lasts, or does not`() throws {
        let search = try search(of: .backend(0))
        var original = World(search.scenario.configuration)
        original.run(until: .origin + .minutes(3))
        let counts = (1...20 as ClosedRange<UInt64>).map { seed in
            var world = original
            // An append, and then its sync.
            world.failPower(
                of: .backend(0), afterChanges: world.changes(of: .backend(0)) + 1, keeping: seed)
            while !world.isWithoutPower(.backend(0)) { world.run(until: world.end, limit: 1) }
            return world.logDisks[0].contents.blocks.count
        }
        #expect(Set(counts).count == 2)
    }

    @Test(arguments: [DiskOwner.node(0), .backend(0)])
    func `the power does fail where it is said to, and comes back`(owner: DiskOwner) throws {
        let search = try search(of: owner)
        var world = World(search.scenario.configuration)
        world.run(until: .origin + .minutes(3))
        #expect(!world.isWithoutPower(owner))
        world.failPower(of: owner, afterChanges: world.changes(of: owner) + 1, keeping: 1)
        while !world.isWithoutPower(owner) { world.run(until: world.end, limit: 1) }
        world.run(until: world.now + .minutes(1))
        #expect(!world.isWithoutPower(owner))
    }

    @Test func `the same search finds the same, however many worlds go on at a time`() throws {
        func run(jobs: Int) throws -> CrashPointsReport {
            try search {
                $0.sample = 40
                $0.jobs = jobs
                $0.prepare = { $0.plant(.lie, onNode: 0) }
            }.run()
        }
        let (one, three) = (try run(jobs: 1), try run(jobs: 3))
        #expect(one.findings == three.findings && !one.findings.isEmpty)
    }

    @Test func `one that is cancelled tells what it knows`() throws {
        let search = try search()
        let report = search.run { report in if report.tried > 0 { search.cancel.set() } }
        #expect(report.tried > 0 && report.tried < report.chosen)
        #expect(report.text.contains("of \(Format.count(report.points.count)), drawn"))
    }
}

extension World {
    /// Whether the power failed, and is not back.
    fileprivate func isWithoutPower(_ owner: DiskOwner) -> Bool {
        let actor =
            switch owner {
            case .node(let slot): environment.nodeIndices[slot]
            case .backend(let slot): environment.backendIndices[slot]
            }
        return !environment.participants[Int(actor)].isUp
    }
}

import Primitives
import Simulation
import Testing

@testable import Workbench

/// Power that fails at every write and sync of a node's disk.
struct CrashPointsTests {
    private func search(_ change: (inout CrashPoints) -> Void = { _ in }) throws -> CrashPoints {
        let json = """
            {
              "name": "points", "seed": 3, "duration": "20m", "settle": "20m", "readBack": "5m",
              "topology": {"nodes": 4, "failureDomains": 2, "users": 1},
              "nodes": {"disk": {"segment": "8KiB"}},
              "protocol": {"orphanGrace": "5m", "uploadExpiry": "4m", "antiEntropyInterval": "5m"},
              "workload": {
                "files": 8, "fill": "5m", "chunk": "64KiB", "largestFile": "256KiB",
                "writesPerDay": 1500, "deletesPerDay": 1500
              }
            }
            """
        var search = CrashPoints(try Scenario(json: Array(json.utf8), file: "points.json"))
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

    @Test func `the power of a node does fail where it is said to, and comes back`() throws {
        let search = try search()
        var world = World(search.scenario.configuration)
        world.run(until: .origin + .minutes(3))
        #expect(!world.isWithoutPower(node: 0))
        world.failPower(ofNode: 0, afterChanges: world.changes(ofNode: 0) + 1, keeping: 1)
        while !world.isWithoutPower(node: 0) { world.run(until: world.end, limit: 1) }
        world.run(until: world.now + .minutes(1))
        #expect(!world.isWithoutPower(node: 0))
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

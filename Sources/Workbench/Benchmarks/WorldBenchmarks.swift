import Primitives
import Roles
import Simulation

/// Simulated worlds: speed, memory and copies.
extension Benchmark {
    static let memoryBenchmarks: [Benchmark] = [
        Benchmark(
            name: "node-memory", work: "an idle node in a world of 10,000", unit: "KB",
            reach: 20, isMoreBetter: false,
            measure: { try worldMemory.get() / 10_000 / 1e3 }),
        Benchmark(
            name: "world-memory", work: "a world of 10,000 nodes", unit: "MB", reach: 400,
            isMoreBetter: false, measure: { try worldMemory.get() / 1e6 }),
    ]

    static let worldBenchmarks: [Benchmark] = [
        Benchmark(
            name: "branch", work: "copy a 1,000-node world and run it for 20 s", unit: "ms",
            reach: 5, isMoreBetter: false, measure: branch),
        Benchmark(
            name: "heartbeats",
            work: "heartbeats of 1,000 nodes to a discovery, random latency, digest on",
            unit: "million events/s", reach: 5, measure: heartbeats),
        Benchmark(
            name: "month", work: "1,000 nodes that beat every 30 s, a backend, 30 days, no files",
            unit: "s", reach: 90, isMoreBetter: false, measure: month),
    ]

    static func churnBenchmark(_ scenario: Scenario) -> Benchmark {
        Benchmark(
            name: "churn", work: "the churn scenario", unit: "s", reach: 60, isMoreBetter: false,
            measure: {
                var world = World(scenario.configuration)
                return Stopwatch.seconds {
                    world.run(until: world.end)
                    world.finish()
                }
            })
    }

    /// All times are said, so that figures stay comparable when a default changes.
    private static func configuration(
        nodes: Int, backends: Int, days: Int64
    ) -> WorldConfiguration {
        var configuration = WorldConfiguration()
        configuration.topology.nodes = nodes
        configuration.topology.backends = backends
        configuration.topology.users = 0
        configuration.topology.regions = ["frankfurt", "washington", "tokyo"]
        configuration.duration = .days(days)
        configuration.workload.files = 0
        configuration.settings.heartbeatInterval = .seconds(30)
        configuration.settings.suspectAfter = .minutes(2)
        configuration.settings.peersInterval = .seconds(15)
        configuration.settings.auditInterval = .zero
        configuration.settings.ledgerInterval = .minutes(1)
        return configuration
    }

    @Sendable
    private static func heartbeats() -> Double {
        var world = World(configuration(nodes: 1_000, backends: 0, days: 2))
        let seconds = Stopwatch.seconds { world.run(until: .origin + .days(2)) }
        return Double(world.events) / seconds / 1e6
    }

    @Sendable
    private static func month() -> Double {
        var world = World(configuration(nodes: 1_000, backends: 1, days: 30))
        return Stopwatch.seconds { world.run(until: .origin + .days(30)) }
    }

    @Sendable
    private static func branch() -> Double {
        var world = World(configuration(nodes: 1_000, backends: 1, days: 2))
        world.run(until: .origin + .hours(1))
        let copies = 100
        var events: UInt64 = 0
        let seconds = Stopwatch.seconds {
            for _ in 0..<copies {
                var branch = world
                branch.run(until: world.now + .seconds(20))
                events += branch.events - world.events
            }
        }
        precondition(events > 0, "the branches did not run")
        return seconds / Double(copies) * 1e3
    }

    /// Bytes that the process holds more once a world of 10,000 nodes has run for ten minutes: all
    /// are registered, and the backend knows them. Measured once, before anything else has left
    /// memory behind that could be used again.
    private static let worldMemory = Result {
        let before = try ProcessMemory.residentBytes()
        var world = World(configuration(nodes: 10_000, backends: 1, days: 1))
        world.run(until: .origin + .minutes(10))
        let after = try ProcessMemory.residentBytes()
        return withExtendedLifetime(world) { Double(max(0, Int(after) - Int(before))) }
    }
}

import Observation
import Primitives
import Roles
import Testing

@testable import Simulation

extension WorldConfiguration {
    /// Six nodes in three failure domains, a backend, a discovery and two users with a few files, with
    /// protocol times short enough that hours suffice for what takes days elsewhere.
    static func small(
        seed: UInt64 = 1, _ change: (inout WorldConfiguration) -> Void = { _ in }
    ) -> WorldConfiguration {
        var configuration = WorldConfiguration()
        configuration.name = "small"
        configuration.seed = seed
        configuration.duration = .hours(1)
        configuration.settle = .minutes(40)
        configuration.sampleInterval = .minutes(10)
        configuration.oracleInterval = .minutes(10)
        configuration.topology.regions = ["frankfurt", "london"]
        configuration.topology.failureDomains = 3
        configuration.topology.nodes = 6
        configuration.topology.users = 2
        configuration.settings = .brief
        configuration.workload.chunkBytes = 64 * 1024
        configuration.workload.files = 6
        configuration.workload.smallestFileBytes = 1_000
        configuration.workload.largestFileBytes = 300_000
        configuration.workload.fillDuration = .minutes(5)
        change(&configuration)
        return configuration
    }
}

extension ProtocolSettings {
    static var brief: ProtocolSettings {
        var settings = ProtocolSettings()
        settings.heartbeatInterval = .seconds(10)
        settings.suspectAfter = .seconds(40)
        settings.deadAfter = .minutes(5)
        settings.antiEntropyInterval = .minutes(6)
        settings.scrubInterval = .minutes(15)
        settings.uploadExpiry = .minutes(10)
        settings.orphanGrace = .minutes(12)
        settings.ledgerInterval = .seconds(10)
        return settings
    }
}

extension World {
    var observer: Observer { environment.observer }
    var census: Census { observer.census }
    var meters: Meters { observer.meters }
    var oracles: Oracles { observer.oracles }
    var users: [User] { environment.users }
    var userIndices: [UInt32] { environment.userIndices }
    var nodeIndices: [UInt32] { environment.nodeIndices }
    var backendIndices: [UInt32] { environment.backendIndices }
    var owned: [[FilePlan]] { environment.workload.owned }

    var sabotage: (@Sendable (PeerID, inout Effects) -> Void)? {
        get { environment.sabotage }
        set { environment.sabotage = newValue }
    }

    /// The world at the end of its run, after the last checks.
    static func finished(_ configuration: WorldConfiguration) -> World {
        var world = World(configuration)
        world.finishRun()
        return world
    }

    mutating func finishRun() {
        run(until: end)
        finish()
    }

    mutating func run(for duration: Duration) { run(until: now + duration) }

    /// Runs until every file that the world begins with is acknowledged.
    mutating func runUntilFilled() {
        while observer.files.count < configuration.workload.files, !isFinished {
            run(for: .seconds(30))
        }
    }

    /// What the oracles found wrong, in words.
    var complaints: [String] {
        oracles.outcomes.filter { $0.violations > 0 }.flatMap { outcome in
            ["\(outcome.name): \(outcome.violations) of \(outcome.checks)"] + outcome.examples
        }
    }

    // MARK: Picking

    /// The referenced chunks in order.
    var referencedChunks: [ChunkID] {
        census.facts.filter { $0.value.isReferenced }.map(\.key).sorted()
    }

    /// The slots of the nodes that hold an intact, durable replica.
    func holders(of chunk: ChunkID) -> [Int] {
        observer.nodes.indices.filter { observer.nodes[$0].replicas.contains(chunk) }
    }

    /// Stops a participant for a while.
    mutating func restart(_ actor: UInt32, after downtime: Duration) {
        goDown(actor)
        run(for: downtime)
        comeUp(actor)
    }

    mutating func goDown(_ actor: UInt32) {
        environment.goDown(actor)
        carryOutOrders()
    }

    mutating func comeUp(_ actor: UInt32) {
        environment.comeUp(actor)
        carryOutOrders()
    }

    /// Makes a replica vanish from a node's disk, as the fault does.
    mutating func lose(_ chunk: ChunkID, on slot: Int) {
        environment.observer.damaged(chunk, on: nodeIndices[slot], .loss, at: now)
        chunkDisks[slot].contents.suffer(.loss, to: chunk)
    }

    /// Has a user put a new file.
    mutating func put(byteCount: Int, by user: Int) {
        environment.put(byteCount: byteCount, by: user)
    }

    /// Has its owner delete a file.
    mutating func delete(_ plan: FilePlan) { environment.delete(plan) }

    /// Has a user read a file; what comes of it is in the meters and oracles.
    mutating func read(_ plan: FilePlan) { environment.read(plan) }
}

extension Environment {
    mutating func put(byteCount: Int, by user: Int) {
        let ordinal = workload.nextOrdinal
        workload.nextOrdinal += 1
        let plan = users[user].put(ordinal, byteCount: byteCount, at: now, effects: &effects)
        observer.puts(plan, by: userIndices[user])
        applyEffects(of: userIndices[user])
    }

    mutating func delete(_ plan: FilePlan) {
        let user = users.firstIndex { $0.id == plan.owner }!
        workload.owned[user].removeAll { $0 == plan }
        users[user].delete(plan, at: now, effects: &effects)
        applyEffects(of: userIndices[user])
    }

    mutating func read(_ plan: FilePlan) {
        let user = users.firstIndex { $0.id == plan.owner }!
        users[user].get(plan, isFinal: false, at: now, effects: &effects)
        applyEffects(of: userIndices[user])
    }
}

/// Fails the test with what the oracles said, if anything.
func expectNoComplaint(
    _ world: World, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(
        world.complaints.isEmpty, "seed \(world.configuration.seed): \(world.complaints)",
        sourceLocation: sourceLocation)
}

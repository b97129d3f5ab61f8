import Primitives
import Roles
import Simulation

/// Draws a whole scenario from a seed: who there is, what they agree on, what befalls them and what the
/// users do. Each feature is in or out by a coin, so that what hides behind one is seen in a world
/// without it (Groce et al., "Swarm testing", 2012). Worlds are small: hundreds of them tell more than
/// a large one.
package enum ScenarioDrawer {
    /// The same scenario of a seed every time, and one that a file may hold.
    package static func scenario(seed: UInt64) -> Scenario { scenario(Drawing(seed: seed)) }

    /// The same scenario of a drawing every time.
    package static func scenario(_ drawing: Drawing) -> Scenario {
        for attempt in 0..<1_000 {
            let draft = draft(drawing, attempt: attempt)
            guard draft.configuration.likelyEvents < mostEvents else { continue }
            if let scenario = try? Scenario(json: Array(draft.text.utf8), file: "") {
                return scenario
            }
        }
        preconditionFailure("a drawn scenario is sound more often than once in a thousand")
    }

    /// What takes some tenths of a second.
    private static let mostEvents = 250_000.0

    /// A feature that a world may have or lack.
    private struct Feature: Sendable {
        let name: String
        var probability = 0.5
        let add: @Sendable (inout Draw, inout WorldConfiguration) -> Void
    }

    /// A scenario that may contradict itself, or take long.
    static func draft(_ drawing: Drawing, attempt: Int) -> Scenario {
        var world = WorldConfiguration()
        world.name = drawing.name
        world.seed = drawing.run
        for feature in features {
            var draw = Draw(seed: drawing.seed, feature: "\(feature.name) \(attempt)")
            let isIn = draw.coin(feature.probability) != drawing.flipped.contains(feature.name)
            if isIn { feature.add(&draw, &world) }
        }
        addFaults(drawing, attempt, &world)
        // What follows from others is written down, so that taking one away leaves it as it was.
        world.settle = world.settle
        return Scenario(configuration: world)
    }

    /// What a drawing can flip: features and faults that may be in or out.
    static let optional =
        features.filter { $0.probability < 1 }.map(\.name)
        + FaultKind.all.flatMap { kind in (1...2).map { faultName(kind, $0) } }

    private static func faultName(_ kind: FaultKind, _ number: Int) -> String {
        "\(kind.name.lowercased())-\(number)"
    }

    private static func addFaults(
        _ drawing: Drawing, _ attempt: Int, _ world: inout WorldConfiguration
    ) {
        for kind in FaultKind.all {
            for number in 1...2 {
                let name = faultName(kind, number)
                var draw = Draw(seed: drawing.seed, feature: "\(name) \(attempt)")
                let isIn = draw.coin(number == 1 ? 0.25 : 0.08) != drawing.flipped.contains(name)
                guard isIn else { continue }
                world.faults.append(FaultSettings(name: name, kind: kind.drawn(&draw, in: world)))
            }
        }
    }

    // MARK: The features

    /// In an order in which each finds what it depends on.
    private static let features = basics + machines + bounds + users + lies

    private static let basics = [
        Feature(name: "world", probability: 1) { draw, world in
            world.duration = draw.span(.hours(1), .days(2))
            world.oracleInterval = draw.span(.minutes(10), .hours(12))
            world.topology.nodes = draw.count(3...12)
        },
        Feature(name: "times", probability: 1) { draw, world in
            times(&draw, &world.settings)
        },
        Feature(name: "redundancy") { draw, world in
            world.settings.replicas = draw.count(1...min(5, world.topology.nodes))
            world.settings.writeQuorum = draw.count(1...world.settings.replicas)
        },
        Feature(name: "regions") { draw, world in
            world.topology.regions = draw.some(draw.count(1...3), of: RegionLatency.names)
        },
        Feature(name: "domains", probability: 0.7) { draw, world in
            world.topology.failureDomains = draw.count(2...world.topology.nodes)
        },
        Feature(name: "discoveries") { draw, world in
            world.topology.discoveries = draw.count(2...3)
        },
        Feature(name: "backends") { draw, world in world.topology.backends = draw.count(2...3) },
        Feature(name: "users") { draw, world in world.topology.users = draw.count(2...5) },
    ]

    /// Short ones, so that hours see what takes weeks elsewhere.
    private static func times(_ draw: inout Draw, _ settings: inout ProtocolSettings) {
        settings.heartbeatInterval = draw.span(.seconds(5), .minutes(2))
        settings.suspectAfter = settings.heartbeatInterval * draw.count(2...10)
        settings.deadAfter = settings.suspectAfter * draw.count(2...30)
        settings.peersInterval = draw.span(
            settings.heartbeatInterval / 4, settings.heartbeatInterval)
        settings.antiEntropyInterval = draw.span(.minutes(2), .hours(4))
        settings.scrubInterval = draw.span(.minutes(15), .hours(12))
        settings.auditInterval = draw.coin() ? draw.span(.seconds(30), .hours(2)) : .zero
        settings.uploadExpiry = draw.span(.minutes(2), .hours(1))
        settings.orphanGrace = settings.uploadExpiry + draw.span(.seconds(1), .hours(2))
        settings.ledgerInterval = draw.span(.seconds(1), .minutes(10))
    }

    private static let machines = [
        Feature(name: "sessions") { draw, world in
            world.churn.session = draw.law(.minutes(30), .days(1))
            world.churn.downtime = draw.law(.seconds(30), .hours(3))
        },
        Feature(name: "lifetimes", probability: 0.4) { draw, world in
            world.churn.lifetime = draw.law(.hours(6), .days(10))
            if draw.coin(0.8) { world.churn.replacement = draw.law(.minutes(1), .hours(6)) }
        },
        Feature(name: "links") { draw, world in
            world.nodes.uploadBytesPerSecond = draw.count(1_000_000...12_500_000)
            world.nodes.downloadBytesPerSecond = draw.count(1_000_000...25_000_000)
        },
        Feature(name: "disks") { draw, world in
            world.nodes.disk.latency = draw.span(.milliseconds(1), .milliseconds(200))
            world.nodes.disk.syncLatency = draw.span(.milliseconds(1), .milliseconds(500))
            world.nodes.disk.bytesPerSecond = draw.count(5_000_000...500_000_000)
        },
        Feature(name: "segments", probability: 0.3) { draw, world in
            world.nodes.disk.store = .segments
            world.nodes.disk.segmentBytes = draw.count(8_192...262_144)
        },
        Feature(name: "failing") { draw, world in
            guard world.nodes.disk.store == .segments else { return }
            world.nodes.disk.failing = draw.number(0.0001...0.05)
        },
        Feature(name: "crash") { _, world in world.nodes.disk.crash = .keepsSome },
        Feature(name: "busyNodes", probability: 0.2) { draw, world in
            world.nodes.handling = draw.handling()
        },
        Feature(name: "busyBackends", probability: 0.2) { draw, world in
            world.backends.handling = draw.handling()
        },
        Feature(name: "busyDiscoveries", probability: 0.2) { draw, world in
            world.discoveries.handling = draw.handling()
        },
        Feature(name: "busyUsers", probability: 0.2) { draw, world in
            world.users.handling = draw.handling()
        },
        Feature(name: "jitter") { draw, world in world.network.jitter = draw.number(0.1...10) },
        Feature(name: "loss") { draw, world in world.network.loss = draw.number(0.0001...0.05) },
        Feature(name: "duplication") { draw, world in
            world.network.duplication = draw.number(0.0001...0.2)
        },
    ]

    private static let bounds = [
        Feature(name: "requests") { draw, world in
            world.settings.requestTimeout = draw.span(.seconds(3), .seconds(30))
            world.settings.attempts = draw.count(2...8)
            world.settings.retryDelay = draw.span(.milliseconds(100), .seconds(10))
            world.settings.hedgeAfter = draw.span(.milliseconds(100), .seconds(5))
            world.settings.capabilityLifetime = draw.span(.seconds(20), .hours(1))
            world.settings.slowestTransferBytesPerSecond = draw.count(64_000...512_000)
        },
        Feature(name: "repair") { draw, world in
            world.settings.repairTransfers = draw.count(1...32)
            world.settings.repairBytesPerSecond = draw.count(1_000_000...64_000_000)
            world.settings.copiesPerNode = draw.count(1...8)
            world.settings.antiEntropySessions = draw.count(1...8)
            world.settings.orphanPercent = draw.count(0...100)
        },
    ]

    private static let users = [
        Feature(name: "files", probability: 1) { draw, world in
            world.workload.files = draw.count(1...40)
            world.workload.fillDuration = draw.span(.seconds(1), world.duration / 4)
            world.workload.chunkBytes = draw.count(4_096...262_144)
            world.workload.largestFileBytes = world.workload.chunkBytes * draw.count(1...12)
            world.workload.smallestFileBytes = draw.count(1...world.workload.largestFileBytes)
        },
        Feature(name: "real", probability: 0.15) { draw, world in
            draw.bytes(.real, &world.workload)
        },
        Feature(name: "compressed", probability: 0.04) { draw, world in
            draw.bytes(.compressed, &world.workload)
        },
        Feature(name: "space", probability: 0.2) { draw, world in
            world.nodes.capacityBytes = world.workload.chunkBytes * draw.count(2...100)
        },
        Feature(name: "reads") { draw, world in
            world.workload.readsPerDay = draw.perDay(300, in: world)
        },
        Feature(name: "writes") { draw, world in
            world.workload.writesPerDay = draw.perDay(60, in: world)
        },
        Feature(name: "deletes") { draw, world in
            world.workload.deletesPerDay = draw.perDay(40, in: world)
        },
        Feature(name: "undeletes") { draw, world in
            world.workload.undeletesPerDay = draw.perDay(20, in: world)
        },
        Feature(name: "trash", probability: 0.3) { draw, world in
            world.settings.trashLifetime = draw.coin(0.3) ? .zero : draw.span(.minutes(1), .days(1))
        },
        Feature(name: "vetting", probability: 0.3) { draw, world in
            world.settings.vettingTime =
                draw.coin(0.2) ? .zero : draw.span(.minutes(10), .hours(12))
            world.settings.domainPercent = draw.count(5...100)
        },
        Feature(name: "intrusions", probability: 0.3) { draw, world in
            guard world.topology.users > 1 else { return }
            world.workload.intrusionsPerDay = draw.perDay(20, in: world)
        },
    ]

    /// What disks say that they did, and did not: seldom, and of little, so that the copies elsewhere make up
    /// for it.
    private static let lies = [
        Feature(name: "lostWrites", probability: 0.04) { draw, world in
            world.nodes.disk.lostWrites = draw.number(0.0001...0.005)
        },
        Feature(name: "misdirectedWrites", probability: 0.04) { draw, world in
            world.nodes.disk.misdirectedWrites = draw.number(0.0001...0.005)
        },
        Feature(name: "lyingSyncs", probability: 0.04) { draw, world in
            world.nodes.disk.lyingSyncs = draw.number(0.001...0.02)
        },
        Feature(name: "lyingCommits", probability: 0.04) { draw, world in
            world.backends.lyingCommits = draw.number(0.001...0.05)
        },
    ]
}

extension Draw {
    /// What handling a message takes: little enough that nobody is busy with heartbeats alone.
    fileprivate mutating func handling() -> Duration { span(.microseconds(10), .milliseconds(100)) }

    /// Files of which every byte is there: few, and small.
    fileprivate mutating func bytes(_ payload: PayloadMode, _ workload: inout WorkloadSettings) {
        workload.payload = payload
        workload.chunkBytes = count(4_096...16_384)
        workload.largestFileBytes = workload.chunkBytes * count(1...6)
        workload.smallestFileBytes = count(1...workload.largestFileBytes)
        workload.files = min(workload.files, 15)
    }

    /// A rate by which something happens at most so often in a world.
    fileprivate mutating func perDay(_ most: Double, in world: WorldConfiguration) -> Double {
        let days = world.duration.seconds / 86_400
        return number(1 / days...most / days)
    }
}

extension WorldConfiguration {
    /// A guess of how many events a run has, of which most are somebody asking somebody now and then.
    fileprivate var likelyEvents: Double {
        let seconds = (duration + settle + readBack).seconds
        let (nodes, backends) = (Double(topology.nodes), Double(topology.backends))
        let discoveries = Double(topology.discoveries)
        let perSecond = [
            2 * nodes * discoveries / settings.heartbeatInterval.seconds,
            2 * backends * discoveries / settings.peersInterval.seconds,
            4 * nodes * backends / settings.antiEntropyInterval.seconds,
            settings.auditInterval > .zero
                ? 4 * nodes * backends / settings.auditInterval.seconds : 0,
        ]
        return seconds * perSecond.reduce(0, +)
    }
}

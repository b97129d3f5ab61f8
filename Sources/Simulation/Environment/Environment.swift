package import Observation
package import Primitives
package import Roles

/// What surrounds the servers of a scenario, as a plain value: users and what they do, churn, faults, the
/// conditions of the network, and the passing of time; and the observer that is told of it all.
///
/// It runs no server. It gives orders to whoever does, and is told what servers do: a simulated `World`
/// holds one and simulates the servers too; beside servers on sockets it runs in real time.
package struct Environment: Sendable {
    package let configuration: WorldConfiguration
    package internal(set) var now = Instant.origin
    /// Events delivered.
    package internal(set) var events: UInt64 = 0
    /// Rolling digest over every delivered event.
    package internal(set) var digest: UInt64 = 0x6465_6365_6e74_7261

    /// Whether it does for anybody; asked for every message.
    let handlingTakesTime: Bool

    var queue = EventQueue()
    var network: Network
    package internal(set) var participants: [Participant] = []
    package internal(set) var users: [User] = []
    /// Participants by kind, so that a slot finds its index.
    package internal(set) var nodeIndices: [UInt32] = []
    package internal(set) var backendIndices: [UInt32] = []
    package internal(set) var discoveryIndices: [UInt32] = []
    package internal(set) var userIndices: [UInt32] = []

    /// What is to be done with servers, in order, until somebody takes it.
    package var orders: [ServerOrder] = []
    var effects = Effects()
    var churn: Churn
    var faults: Faults
    var conditions = Conditions()
    var workload: Workload
    package var observer: Observer
    /// Faults, churn and workload are over.
    package internal(set) var hasSettled = false
    /// Events delivered by then.
    var eventsBeforeSettling: UInt64 = 0
    /// Bytes that the model charges for what servers sent each other in the measured time.
    package internal(set) var bytesBetweenServers: UInt64 = 0

    /// Changes what a participant wants done, before it is done: how tests plant bugs that the oracles
    /// must catch. Nil in every run that is not such a test.
    package var sabotage: (@Sendable (PeerID, inout Effects) -> Void)?
    /// Changes what servers are handed, likewise.
    package var inputSabotage: (@Sendable (inout Input) -> Void)?

    /// Everybody but the nodes is there. `begin` must follow.
    package init(_ configuration: WorldConfiguration) {
        self.configuration = configuration
        handlingTakesTime =
            configuration.nodes.handling > .zero
            || [configuration.users, configuration.backends, configuration.discoveries]
                .contains { $0.handling > .zero }
        network = Network(configuration)
        churn = Churn(configuration)
        faults = Faults(configuration)
        workload = Workload(configuration)
        observer = Observer(
            settings: configuration.settings,
            faults: configuration.faults.map {
                FaultOutcome(name: $0.name, unit: $0.kind.unit, effects: 0)
            })
        let topology = configuration.topology
        for slot in 0..<topology.discoveries {
            discoveryIndices.append(add(.discovery, slot: slot))
        }
        for slot in 0..<topology.backends { backendIndices.append(add(.backend, slot: slot)) }
        for slot in 0..<topology.users { addUser(slot) }
        for index in participants.indices { start(UInt32(index)) }
    }

    /// Has the nodes join, and schedules what is to come.
    package mutating func begin() {
        let topology = configuration.topology
        for slot in 0..<topology.nodes {
            join(
                domain: UInt32(slot % topology.failureDomains),
                region: UInt8(slot % topology.regions.count))
        }
        scheduleFaults()
        scheduleWorkload()
        queue.schedule(.sample, at: .origin + configuration.sampleInterval)
        queue.schedule(.inspect, at: .origin + configuration.oracleInterval)
        queue.schedule(.settle, at: settleStart)
    }

    /// When measurements end and the world is left to heal.
    package var settleStart: Instant { .origin + configuration.duration }
    /// When the users start to read everything back.
    var readBackStart: Instant { settleStart + configuration.settle }
    /// When the run is over.
    package var end: Instant { readBackStart + configuration.readBack }
    package var isFinished: Bool { now >= end }

    /// The state now, for a progress line.
    package var latest: Sample { observer.sample(at: now, events: events) }

    package func measurements() -> Measurements {
        observer.measurements(at: now, events: events, digest: digest)
    }

    /// The last checks, once the run is over.
    package mutating func finish() {
        observer.checkEvents(
            events - eventsBeforeSettling,
            expected: configuration.eventsPerSecondAtRest * (now - settleStart).seconds, at: now)
        observer.finish(underWay: users.map(\.operationsUnderWay), at: now)
    }

    /// Has everything that is still to be drawn come from another seed: a branch that shares its past
    /// with the original and parts from it now. What is scheduled already stays so, and the bytes of
    /// files are those of the original seed.
    mutating func reseed(_ seed: UInt64) {
        for index in participants.indices {
            participants[index].reseed(seed, index: UInt64(index))
        }
        churn.reseed(seed)
        faults.reseed(seed)
        workload.reseed(seed)
    }

    /// A participant.
    subscript(actor: UInt32) -> Participant {
        @inline(__always) _read { yield participants[Int(actor)] }
        @inline(__always) _modify { yield &participants[Int(actor)] }
    }

    // MARK: Populating

    /// Participants other than nodes are dealt to regions in turn, each in a zone of its own.
    private mutating func add(_ kind: ParticipantKind, slot: Int) -> UInt32 {
        add(
            kind, slot: slot, region: UInt8(slot % configuration.topology.regions.count),
            domain: UInt32.max - UInt32(participants.count))
    }

    mutating func add(_ kind: ParticipantKind, slot: Int, region: UInt8, domain: UInt32) -> UInt32 {
        let index = participants.count
        participants.append(
            Participant(
                kind: kind, slot: UInt32(slot), region: region, domain: domain,
                index: UInt64(index), seed: configuration.seed))
        observer.joined(
            kind, domain: domain, capacityBytes: configuration.nodes.capacityBytes, at: now)
        return UInt32(index)
    }

    private mutating func addUser(_ slot: Int) {
        let index = add(.user, slot: slot)
        userIndices.append(index)
        users.append(
            User(
                id: PeerID(UInt64(index)),
                backend: PeerID(UInt64(backendIndices[slot % backendIndices.count])),
                settings: configuration.settings, content: workload.content,
                seed: configuration.seed))
    }
}

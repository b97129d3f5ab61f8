import Cryptography
import Merkle
package import Primitives
package import Roles

/// A simulated world as a plain value: every participant, everything in flight, every disk and every
/// random stream.
///
/// A copy goes on exactly as the original does. Nothing in it reads a clock, the system's random
/// numbers or the environment, and nothing depends on the order of a hashed collection, so that a
/// configuration determines every event.
package struct World: Sendable {
    package let configuration: WorldConfiguration
    package internal(set) var now = Instant.origin
    /// Events delivered.
    package internal(set) var events: UInt64 = 0
    /// Rolling digest over every delivered event.
    package internal(set) var digest: UInt64 = 0x6465_6365_6e74_7261

    var queue = EventQueue()
    var network: Network
    package internal(set) var participants: [Participant] = []
    package internal(set) var discoveries: [Discovery] = []
    package internal(set) var backends: [Backend] = []
    package internal(set) var users: [User] = []
    package internal(set) var nodes: [StorageNode] = []
    /// By node, then by backend.
    package internal(set) var chunkDisks: [ChunkDisk] = []
    package internal(set) var logDisks: [LogDisk] = []
    /// By node: the intact replicas that would survive a crash.
    var durableReplicas: [InventoryTree] = []
    /// Participants by kind, so that a slot finds its index.
    var nodeIndices: [UInt32] = []
    var backendIndices: [UInt32] = []
    var discoveryIndices: [UInt32] = []
    var userIndices: [UInt32] = []
    var backendKeys: [SigningKey] = []

    var effects = Effects()
    var churn: Churn
    var faults: Faults
    var workload: Workload
    package internal(set) var oracles = Oracles()
    package internal(set) var census: Census
    var meters = Meters()
    var shadows: [LedgerShadow] = []
    /// Whose a file is, and a chunk: for the oracle that knows who may see what.
    var fileOwners: [FileID: UInt32] = [:]
    var chunkOwners: [ChunkID: UInt32] = [:]
    var stateAtEnd: EndState?
    /// Faults, churn and workload are over.
    package internal(set) var hasSettled = false
    package internal(set) var samples: [Sample] = []

    /// Changes what a participant wants done, before it is done: how tests plant bugs that the oracles
    /// must catch. Nil in every run that is not such a test.
    package var sabotage: (@Sendable (PeerID, inout Effects) -> Void)?

    /// How long the users then take to read everything back once more.
    var readBackDuration: Duration { configuration.readBack }

    /// Set in a world whose servers run elsewhere; see `World+Stage.swift`.
    var stage: Stage?

    package init(_ configuration: WorldConfiguration) {
        self.init(configuration, stage: nil)
    }

    init(_ configuration: WorldConfiguration, stage: Stage?) {
        self.configuration = configuration
        self.stage = stage
        network = Network(configuration)
        census = Census(target: configuration.settings.replicas)
        churn = Churn(configuration)
        faults = Faults(configuration)
        workload = Workload(configuration)
        populate()
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
    package var end: Instant { readBackStart + readBackDuration }
    package var isFinished: Bool { now >= end }
    /// Whether what happens now is measured.
    var isMeasured: Bool { now < settleStart }

    /// Has everything that is still to be drawn come from another seed: a branch that shares its past
    /// with the original and parts from it now. What is scheduled already stays so, and the bytes of
    /// files are those of the original seed.
    package mutating func reseed(_ seed: UInt64) {
        for index in participants.indices {
            participants[index].reseed(seed, index: UInt64(index))
        }
        churn.reseed(seed)
        faults.reseed(seed)
        workload.reseed(seed)
    }

    // MARK: Populating

    private mutating func populate() {
        let topology = configuration.topology
        for slot in 0..<topology.discoveries {
            discoveryIndices.append(add(.discovery, slot: slot))
            discoveries.append(Discovery(settings: configuration.settings))
        }
        for slot in 0..<topology.backends { addBackend(slot) }
        for slot in 0..<topology.users { addUser(slot) }
        for index in participants.indices { start(UInt32(index)) }
        for slot in 0..<topology.nodes {
            join(
                domain: UInt32(slot % topology.failureDomains),
                region: UInt8(slot % topology.regions.count))
        }
    }

    /// Participants other than nodes are dealt to regions in turn, each in a zone of its own.
    private mutating func add(_ kind: Participant.Kind, slot: Int) -> UInt32 {
        add(
            kind, slot: slot, region: UInt8(slot % configuration.topology.regions.count),
            domain: UInt32.max - UInt32(participants.count))
    }

    mutating func add(
        _ kind: Participant.Kind, slot: Int, region: UInt8, domain: UInt32
    ) -> UInt32 {
        let index = participants.count
        participants.append(
            Participant(
                kind: kind, slot: UInt32(slot), region: region, domain: domain,
                index: UInt64(index), seed: configuration.seed))
        return UInt32(index)
    }

    private mutating func addBackend(_ slot: Int) {
        let index = add(.backend, slot: slot)
        backendIndices.append(index)
        var stream = RandomSource(
            seed: configuration.seed, who: UInt64(index), purpose: Purpose.keys.rawValue)
        guard let key = try? SigningKey(seed: SecretKey(copying: stream.bytes(32))) else {
            preconditionFailure("32 bytes make a signing key")
        }
        backendKeys.append(key)
        logDisks.append(LogDisk(speed: configuration.nodes.disk))
        shadows.append(LedgerShadow(writer: key.publicKey))
        backends.append(makeBackend(slot))
    }

    /// A backend that has just been started and knows nothing yet.
    func makeBackend(_ slot: Int) -> Backend {
        var stream = RandomSource(
            seed: configuration.seed, who: UInt64(slot), purpose: Purpose.identity.rawValue)
        return Backend(
            id: PeerID(UInt64(backendIndices[slot])), settings: configuration.settings,
            discoveries: discoveryIndices.map { PeerID(UInt64($0)) },
            tagKey: SecretKey(copying: stream.bytes(32)), signingKey: backendKeys[slot])
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

    /// A node that has just been started and knows nothing yet.
    func makeNode(_ index: UInt32) -> StorageNode {
        var stream = RandomSource(
            seed: configuration.seed, who: UInt64(index), purpose: Purpose.identity.rawValue)
        // Nobody checks a simulated node's signatures, so its public key is any bytes.
        let publicKey = PublicKey(
            bytes: Hash256(stream.next(), stream.next(), stream.next(), stream.next()))
        return StorageNode(
            identity: NodeIdentity(
                id: PeerID(UInt64(index)), publicKey: publicKey,
                domain: participants[Int(index)].domain,
                capacityBytes: UInt64(configuration.nodes.capacityBytes)),
            settings: configuration.settings,
            discoveries: discoveryIndices.map { PeerID(UInt64($0)) },
            backends: backendIndices.map { PeerID(UInt64($0)) })
    }
}

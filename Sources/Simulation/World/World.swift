import Cryptography
package import Observation
package import Primitives
package import Roles

/// A simulated world as a plain value: an environment, and the servers in it, with every disk and
/// everything in flight.
///
/// A copy goes on exactly as the original does. Nothing in it reads a clock, the system's random
/// numbers or the environment, and nothing depends on the order of a hashed collection, so that a
/// configuration determines every event.
package struct World: Sendable {
    package internal(set) var environment: Environment
    package internal(set) var discoveries: [Discovery] = []
    package internal(set) var backends: [Backend] = []
    package internal(set) var nodes: [StorageNode] = []
    /// By node, then by backend.
    package internal(set) var chunkDisks: [ChunkDisk] = []
    /// By node, where nodes keep their chunks in segments, instead of the former.
    package internal(set) var segmentDisks: [SegmentDisk] = []
    package internal(set) var logDisks: [LogDisk] = []
    var keptDisks: [KeptDisk: KeptDisk.Content] = [:]
    private var backendKeys: [SigningKey] = []
    /// One array for all, which stays in the processor's cache.
    private let discoveryPeers: [PeerID]
    private let backendPeers: [PeerID]
    var effects = Effects()

    package init(_ configuration: WorldConfiguration) {
        environment = Environment(configuration)
        discoveryPeers = environment.discoveryIndices.map { PeerID(UInt64($0)) }
        backendPeers = environment.backendIndices.map { PeerID(UInt64($0)) }
        discoveries = environment.discoveryIndices.map { _ in
            Discovery(settings: configuration.settings)
        }
        for actor in environment.backendIndices { addBackend(actor) }
        carryOutOrders()
        environment.begin()
        carryOutOrders()
    }

    package var configuration: WorldConfiguration { environment.configuration }
    package var now: Instant { environment.now }
    package var events: UInt64 { environment.events }
    package var digest: UInt64 { environment.digest }
    package var end: Instant { environment.end }
    package var isFinished: Bool { environment.isFinished }
    package var latest: Sample { environment.latest }
    package var samples: [Sample] { environment.observer.samples }
    package func measurements() -> Measurements { environment.measurements() }

    /// Has everything that is still to be drawn come from another seed; see `Environment.reseed`.
    package mutating func reseed(_ seed: UInt64) { environment.reseed(seed) }

    /// Plants a bug in what servers are handed, or want; see `Environment.sabotage`.
    package mutating func plant(inInputs bug: @escaping @Sendable (inout Input) -> Void) {
        environment.inputSabotage = bug
    }

    package mutating func plant(inEffects bug: @escaping @Sendable (PeerID, inout Effects) -> Void)
    {
        environment.sabotage = bug
    }

    // MARK: Servers

    private mutating func addBackend(_ actor: UInt32) {
        var stream = RandomSource(configuration.seed, of: UInt64(actor), .keys)
        guard let key = try? SigningKey(seed: SecretKey(copying: stream.bytes(32))) else {
            preconditionFailure("32 bytes make a signing key")
        }
        backendKeys.append(key)
        logDisks.append(LogDisk(speed: configuration.nodes.disk))
        backends.append(makeBackend(backends.count))
        environment.observer.introduce(actor, asWriter: key.publicKey)
    }

    /// A backend that has just been started and knows nothing yet.
    func makeBackend(_ slot: Int) -> Backend {
        var stream = RandomSource(configuration.seed, of: UInt64(slot), .identity)
        return Backend(
            id: PeerID(UInt64(environment.backendIndices[slot])), settings: configuration.settings,
            discoveries: discoveryPeers,
            tagKey: SecretKey(copying: stream.bytes(32)), signingKey: backendKeys[slot],
            isLost: logDisks[slot].isReplacement)
    }

    /// A node that has just been started and knows nothing yet.
    func makeNode(_ index: UInt32) -> StorageNode {
        var stream = RandomSource(configuration.seed, of: UInt64(index), .identity)
        // Nobody checks a simulated node's signatures, so its public key is any bytes.
        let publicKey = PublicKey(bytes: stream.hash256())
        return StorageNode(
            identity: NodeIdentity(
                id: PeerID(UInt64(index)), publicKey: publicKey, domain: environment[index].domain,
                capacityBytes: UInt64(configuration.nodes.capacityBytes)),
            settings: configuration.settings, discoveries: discoveryPeers, backends: backendPeers)
    }
}

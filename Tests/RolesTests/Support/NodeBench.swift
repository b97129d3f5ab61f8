import Cryptography
import Primitives

@testable import Roles

/// One storage node whose messages, timers and disk are in the test's hands.
struct NodeBench {
    static let backend = PeerID(1)
    static let stranger = PeerID(2)
    static let discovery = PeerID(3)
    static let otherNode = PeerID(11)

    var node: StorageNode
    var now = Instant.origin + .hours(1)
    private var random = RandomSource(seed: 1, who: 2, purpose: 3)
    private var lastCall: UInt64 = 0

    init(capacityBytes: UInt64 = 1_000_000, holding stored: [StoredChunk] = []) {
        node = StorageNode(
            identity: NodeIdentity(
                id: PeerID(10), publicKey: PublicKey(bytes: .zero), domain: 0,
                capacityBytes: capacityBytes),
            settings: ProtocolSettings(), discoveries: [Self.discovery], backends: [Self.backend])
        feed(.start)
        feed(.disk(.recoveredChunks(stored)))
    }

    /// Gives the node an input. Returns what it wants done.
    @discardableResult
    mutating func feed(_ input: Input) -> Effects {
        var effects = Effects()
        node.handle(input, at: now, random: &random, effects: &effects)
        return effects
    }

    /// A message to the node, under a new call unless one is given.
    @discardableResult
    mutating func tell(
        _ message: Message, from peer: PeerID = NodeBench.backend, call: CallID? = nil
    ) -> Effects {
        lastCall += 1
        return feed(.message(from: peer, call: call ?? CallID(lastCall), message))
    }

    /// A store request for a chunk.
    func store(_ chunk: TestChunk, stamp: Int64) -> Message {
        .store(
            StoreRequest(chunk: chunk.id, payload: chunk.payload, stamp: Self.stamp(stamp)))
    }

    func copy(_ chunk: TestChunk, stamp: Int64) -> Message {
        .copy(
            CopyRequest(
                chunk: chunk.id, byteCount: chunk.payload.byteCount, source: Self.otherNode,
                stamp: Self.stamp(stamp),
                capability: Capability(
                    issuer: Self.backend, bearer: node.identity.id, chunk: chunk.id,
                    expires: now + .minutes(5))))
    }

    func delete(_ chunk: TestChunk, stamp: Int64) -> Message {
        .delete(
            DeleteRequest(
                chunk: chunk.id, stamp: Self.stamp(stamp), expires: now + .seconds(10)))
    }

    static func stamp(_ number: Int64) -> Instant { Instant(nanoseconds: number) }
}

/// Bytes and their name.
struct TestChunk {
    let id: ChunkID
    let payload: Payload

    init(_ number: UInt8, byteCount: Int = 100) {
        let bytes = Array(repeating: number, count: byteCount)
        id = ChunkID(SHA256.hash(bytes))
        payload = Payload(bytes: bytes, byteCount: byteCount)
    }

    func stored(stamp: Int64, owner: PeerID = NodeBench.backend) -> StoredChunk {
        StoredChunk(
            chunk: id, byteCount: payload.byteCount, owner: owner, stamp: NodeBench.stamp(stamp))
    }

    /// The same with a bit flipped.
    var rotten: Payload {
        var payload = payload
        payload.bytes[0] ^= 1
        return payload
    }
}

extension Effects {
    /// The tokens of the writes, reads and syncs wanted, in order.
    var writes: [UInt64] {
        disk.compactMap { if case .write(let token, _, _) = $0 { token } else { nil } }
    }
    var reads: [UInt64] {
        disk.compactMap { if case .read(let token, _) = $0 { token } else { nil } }
    }
    var syncs: [UInt64] {
        disk.compactMap { if case .sync(let token) = $0 { token } else { nil } }
    }
    var deletions: [ChunkID] {
        disk.compactMap { if case .delete(let chunk) = $0 { chunk } else { nil } }
    }
    var storeOutcomes: [StoreOutcome] {
        sends.compactMap { if case .stored(_, let outcome) = $0.message { outcome } else { nil } }
    }
    var copyOutcomes: [CopyOutcome] {
        sends.compactMap { if case .copied(_, let outcome) = $0.message { outcome } else { nil } }
    }
    var deleteOutcomes: [DeleteOutcome] {
        sends.compactMap { if case .deleted(let outcome) = $0.message { outcome } else { nil } }
    }
    var retrieveAnswers: [RetrieveAnswer] {
        sends.compactMap { if case .retrieved(let answer) = $0.message { answer } else { nil } }
    }
    var damages: [ChunkID] {
        sends.compactMap { if case .damaged(let chunk) = $0.message { chunk } else { nil } }
    }
}

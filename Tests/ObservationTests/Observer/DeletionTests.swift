import Primitives
import Roles
import Testing

@testable import Observation

/// What the observer makes of replicas that nodes delete themselves.
struct DeletionTests {
    private let stored = StoredChunk(
        chunk: ChunkID(Hash256(1, 2, 3, 4)), byteCount: 2, owner: PeerID(1), stamp: .origin)

    @Test func `each deletion is looked at, and that of the last replica is a violation`() {
        let now = Instant.origin
        var observer = Observer(settings: ProtocolSettings(), faults: [])
        for node in 0..<2 as Range<UInt32> {
            observer.joined(.node, capacityBytes: 1_000, at: now)
            let payload = Payload(bytes: [1, 2], byteCount: 2)
            observer.requested(.write(token: 1, stored, payload), by: node, at: now)
            observer.wrote(token: 1, .written, by: node, at: now)
            observer.requested(.sync(token: 2), by: node, at: now)
            observer.synced(by: node, at: now)
        }
        observer.census.reference([stored.chunk], file: 0, at: now, &observer.meters)
        for (node, violations) in [(0, 0), (1, 1)] as [(UInt32, UInt64)] {
            observer.requested(.delete(stored.chunk), by: node, at: now)
            let durability = observer.oracles.outcomes.first { $0.name == "durability" }
            #expect(durability?.checks == UInt64(node) + 1)
            #expect(durability?.violations == violations)
        }
    }
}

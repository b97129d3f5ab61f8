import Primitives
import Roles
import Testing

@testable import Observation

/// What the observer makes of what real disks give back.
struct RecoveryTests {
    private static let node: UInt32 = 0
    private let now = Instant.origin

    private let stored = StoredChunk(
        chunk: ChunkID(Hash256(1, 2, 3, 4)), byteCount: 2, owner: PeerID(1),
        stamp: Instant(nanoseconds: 5))

    /// A node wrote a chunk, and perhaps synced it, before it crashed and came back.
    private func restarted(afterSync: Bool) -> Observer {
        var observer = Observer(settings: ProtocolSettings(), faults: [])
        observer.joined(.node, capacityBytes: 1_000, at: now)
        let payload = Payload(bytes: [1, 2], byteCount: 2)
        observer.requested(.write(token: 1, stored, payload), by: Self.node, at: now)
        observer.wrote(token: 1, .written, by: Self.node, at: now)
        observer.requested(.sync(token: 2), by: Self.node, at: now)
        if afterSync { observer.synced(by: Self.node, at: now) }
        observer.wentDown(Self.node, at: now)
        observer.cameUp(Self.node, at: now)
        return observer
    }

    @Test(arguments: [false, true])
    func `a chunk that is there after a restart counts, whether or not its sync was heard of`(
        wasHeard: Bool
    ) {
        var observer = restarted(afterSync: wasHeard)
        observer.recovered(chunks: [stored], by: Self.node, at: now)
        #expect(observer.oracles.violations == 0)
        #expect(observer.census.durableReplicas(of: stored.chunk) == 1)
    }

    @Test func `a chunk that was not synced may be gone after a restart`() {
        var observer = restarted(afterSync: false)
        observer.recovered(chunks: [], by: Self.node, at: now)
        #expect(observer.oracles.violations == 0)
        #expect(observer.census.durableReplicas(of: stored.chunk) == 0)
    }

    @Test func `a chunk that was reported as synced and is gone is a violation`() {
        var observer = restarted(afterSync: true)
        observer.recovered(chunks: [], by: Self.node, at: now)
        #expect(observer.oracles.violations(of: .durableAcknowledgement) == 1)
        #expect(observer.census.durableReplicas(of: stored.chunk) == 0)
    }

    @Test func `a chunk that comes from nowhere is a violation`() {
        var observer = restarted(afterSync: true)
        var other = stored
        other.stamp = Instant(nanoseconds: 6)
        observer.recovered(chunks: [stored, other], by: Self.node, at: now)
        #expect(observer.oracles.violations(of: .inventoryTruth) == 1)
    }

    @Test func `a deletion that did not last brings the chunk back`() {
        var observer = restarted(afterSync: true)
        observer.recovered(chunks: [stored], by: Self.node, at: now)
        observer.requested(.delete(stored.chunk), by: Self.node, at: now)
        #expect(observer.census.durableReplicas(of: stored.chunk) == 0)
        observer.wentDown(Self.node, at: now)
        observer.cameUp(Self.node, at: now)
        observer.recovered(chunks: [stored], by: Self.node, at: now)
        #expect(observer.oracles.violations == 0)
        #expect(observer.census.durableReplicas(of: stored.chunk) == 1)
    }

    @Test func `what a disk holds in the end is compared with what it reported`() {
        var observer = restarted(afterSync: true)
        observer.recovered(chunks: [stored], by: Self.node, at: now)
        let sound = DiskContents.Replica(
            stored: stored, payload: Payload(bytes: [1, 2], byteCount: 2))
        observer.audit(Self.node, found: [sound], at: now)
        #expect(observer.oracles.violations == 0)
        // Other bytes than its name says.
        let damaged = DiskContents.Replica(stored: stored, found: sound.payload)
        observer.audit(Self.node, found: [damaged], at: now)
        #expect(observer.oracles.violations(of: .inventoryTruth) == 1)
        observer.audit(Self.node, found: [], at: now)
        #expect(observer.oracles.violations(of: .inventoryTruth) == 2)
    }
}

import Primitives
import Testing

@testable import Simulation

struct CensusTests {
    private let chunk = ChunkID(Hash256(1, 0, 0, 0))
    private let other = ChunkID(Hash256(2, 0, 0, 0))

    private func at(_ seconds: Int64) -> Instant { .origin + .seconds(seconds) }

    /// A census with a chunk of file 7 on three disks.
    private func stored() -> Census {
        var census = Census(target: 3)
        for _ in 0..<3 {
            census.gained(chunk, byteCount: 10, isReachable: true, at: at(0))
        }
        census.reference([chunk], file: 7, at: at(0))
        return census
    }

    @Test func `replicas are counted by durability and by reach`() {
        var census = stored()
        #expect(census.durableReplicas(of: chunk) == 3 && census.referenced == 1)
        census.reachabilityChanged(chunk, isUp: false, at: at(1))
        #expect(census.durableReplicas(of: chunk) == 3 && census.facts[chunk]?.reachable == 2)
        #expect(census.lost(chunk, wasReachable: true, isFault: true, at: at(2)) == false)
        #expect(census.durableReplicas(of: chunk) == 2 && census.facts[chunk]?.reachable == 1)
        #expect(census.belowTarget == 1 && census.unreachable == 0)
        #expect(census.lost(chunk, wasReachable: true, isFault: true, at: at(2)) == false)
        #expect(census.unreachable == 1)
        #expect(census.chunksShort() == [chunk])
    }

    @Test func `the last replica's loss is the file's, once`() {
        var census = stored()
        #expect(census.lost(chunk, wasReachable: true, isFault: true, at: at(1)) == false)
        #expect(census.lost(chunk, wasReachable: true, isFault: false, at: at(2)) == false)
        #expect(census.lost(chunk, wasReachable: true, isFault: true, at: at(3)) == true)
        #expect(census.lostFiles == [7] && census.chunksLost == 1)
        #expect(census.replicasDestroyed == 2, "a deletion is no destruction")
        #expect(census.chunksShort().isEmpty, "what is lost is not short")
    }

    @Test func `a chunk destroyed before its file was acknowledged is lost with it`() {
        var census = Census(target: 1)
        census.gained(chunk, byteCount: 10, isReachable: true, at: at(0))
        _ = census.lost(chunk, wasReachable: true, isFault: true, at: at(1))
        #expect(census.wereEverDurable(1, of: chunk))
        census.reference([chunk], file: 7, at: at(2))
        #expect(census.lostFiles == [7] && census.chunksLost == 1)
    }

    @Test func `a chunk that only its nodes deleted was never durable for an acknowledgement`() {
        var census = Census(target: 1)
        census.gained(chunk, byteCount: 10, isReachable: true, at: at(0))
        _ = census.lost(chunk, wasReachable: true, isFault: false, at: at(1))
        #expect(!census.wereEverDurable(1, of: chunk))
        #expect(!census.wereEverDurable(1, of: other))
    }

    @Test func `as many replicas must have become durable as were promised`() {
        let census = stored()
        #expect(census.wereEverDurable(3, of: chunk) && !census.wereEverDurable(4, of: chunk))
    }

    @Test func `the time to repair runs from each destruction below target, oldest first`() {
        var census = stored()
        _ = census.lost(chunk, wasReachable: true, isFault: true, at: at(10))
        _ = census.lost(chunk, wasReachable: true, isFault: true, at: at(20))
        census.gained(chunk, byteCount: 10, isReachable: true, at: at(40))
        census.gained(chunk, byteCount: 10, isReachable: true, at: at(45))
        let times = census.repairTimes.quantiles
        #expect(times.count == 2 && times.max == 30 && times.mean == 27.5)
    }

    @Test func `a deleted file's chunks are promised no more`() {
        var census = stored()
        census.dereference([chunk], at: at(1))
        #expect(census.referenced == 0 && census.everReferenced == 1 && census.belowTarget == 0)
        for _ in 0..<3 {
            #expect(census.lost(chunk, wasReachable: true, isFault: false, at: at(2)) == false)
        }
        #expect(census.facts.isEmpty && census.chunksLost == 0)
    }

    @Test func `a damage is found once, by whoever is first`() {
        var census = stored()
        census.diverged(chunk, on: 4, at: at(10))
        #expect(census.isDivergent(chunk, on: 4) && !census.isDivergent(chunk, on: 5))
        #expect(census.found(chunk, on: 4, byComparison: true, at: at(25)) == true)
        #expect(
            census.found(chunk, on: 4, byComparison: false, at: at(30)) == true, "no false finding")
        #expect(census.foundByComparison == 1 && census.foundByScrubOrRead == 0)
        #expect(census.findTimes.quantiles.max == 15)
        #expect(census.found(chunk, on: 5, byComparison: true, at: at(30)) == false)
        census.forget(chunk, on: 4)
        #expect(!census.isDivergent(chunk, on: 4) && census.divergencesMooted == 0)
    }

    @Test func `a damage that nobody needs to find is moot, once`() {
        var census = stored()
        for node in [4, 5, 6] as [UInt32] { census.diverged(chunk, on: node, at: at(10)) }
        census.moot(chunk, on: 4)
        census.moot(chunk, on: 4)
        #expect(census.isDivergent(chunk, on: 4), "the disk still lacks what the node counts")
        census.forget(chunk, on: 5)
        census.mootAll(on: 6)
        census.mootAll(on: 4)
        #expect(census.divergencesMooted == 3 && census.divergencesInjected == 3)
        #expect(census.divergences.isEmpty)
    }

    @Test func `shares are weighted by time`() {
        var census = stored()
        _ = census.lost(chunk, wasReachable: true, isFault: true, at: at(30))
        census.closeMeasuring(at: at(40))
        _ = census.lost(chunk, wasReachable: true, isFault: true, at: at(100))
        let shares = census.durableShare.shares(at: at(100))
        #expect(shares == [0, 0, 0.25, 0.75, 0, 0, 0])
    }
}

import Primitives
import Roles
import Testing

@testable import Observation

struct CensusTests {
    private let chunk = ChunkID(Hash256(1, 0, 0, 0))
    private let other = ChunkID(Hash256(2, 0, 0, 0))

    private func at(_ seconds: Int64) -> Instant { .origin + .seconds(seconds) }

    /// A census with a chunk of file 7 on three disks, and its meters.
    private func stored() -> (Census, Meters) {
        var (census, meters) = (Census(target: 3), Meters(target: 3))
        for _ in 0..<3 {
            census.gained(chunk, byteCount: 10, isReachable: true, at: at(0), &meters)
        }
        census.reference([chunk], file: 7, at: at(0), &meters)
        return (census, meters)
    }

    @Test func `replicas are counted by durability and by reach`() {
        var (census, meters) = stored()
        #expect(census.durableReplicas(of: chunk) == 3 && meters.redundancy.chunks == 1)
        census.reachabilityChanged(chunk, isUp: false, at: at(1), &meters)
        #expect(census.durableReplicas(of: chunk) == 3 && census.facts[chunk]?.reachable == 2)
        #expect(census.lost(chunk, wasReachable: true, isFault: true, at: at(2), &meters) == false)
        #expect(census.durableReplicas(of: chunk) == 2 && census.facts[chunk]?.reachable == 1)
        #expect(
            meters.redundancy.chunksBelowTarget == 1 && meters.redundancy.chunksUnreachable == 0)
        #expect(census.lost(chunk, wasReachable: true, isFault: true, at: at(2), &meters) == false)
        #expect(meters.redundancy.chunksUnreachable == 1)
        #expect(census.survivors.map(\.chunk) == [chunk])
    }

    @Test func `the last replica's loss is the file's, once`() {
        var (census, meters) = stored()
        #expect(census.lost(chunk, wasReachable: true, isFault: true, at: at(1), &meters) == false)
        #expect(census.lost(chunk, wasReachable: true, isFault: false, at: at(2), &meters) == false)
        #expect(census.lost(chunk, wasReachable: true, isFault: true, at: at(3), &meters) == true)
        #expect(meters.durability.lostFiles == [7] && meters.durability.chunksLost == 1)
        #expect(meters.repair.replicasDestroyed == 2, "a deletion is no destruction")
        #expect(census.survivors.isEmpty, "what is lost does not survive")
    }

    @Test func `a chunk destroyed before its file was acknowledged is lost with it`() {
        var (census, meters) = (Census(target: 1), Meters(target: 1))
        census.gained(chunk, byteCount: 10, isReachable: true, at: at(0), &meters)
        _ = census.lost(chunk, wasReachable: true, isFault: true, at: at(1), &meters)
        #expect(census.wereEverDurable(1, of: chunk))
        census.reference([chunk], file: 7, at: at(2), &meters)
        #expect(meters.durability.lostFiles == [7] && meters.durability.chunksLost == 1)
    }

    @Test func `a chunk that only its nodes deleted was never durable for an acknowledgement`() {
        var (census, meters) = (Census(target: 1), Meters(target: 1))
        census.gained(chunk, byteCount: 10, isReachable: true, at: at(0), &meters)
        _ = census.lost(chunk, wasReachable: true, isFault: false, at: at(1), &meters)
        #expect(!census.wereEverDurable(1, of: chunk))
        #expect(!census.wereEverDurable(1, of: other))
    }

    @Test func `as many replicas must have become durable as were promised`() {
        let (census, _) = stored()
        #expect(census.wereEverDurable(3, of: chunk) && !census.wereEverDurable(4, of: chunk))
    }

    @Test func `the time to repair runs from each destruction below target, oldest first`() {
        var (census, meters) = stored()
        _ = census.lost(chunk, wasReachable: true, isFault: true, at: at(10), &meters)
        _ = census.lost(chunk, wasReachable: true, isFault: true, at: at(20), &meters)
        census.gained(chunk, byteCount: 10, isReachable: true, at: at(40), &meters)
        census.gained(chunk, byteCount: 10, isReachable: true, at: at(45), &meters)
        let times = meters.repair.times.quantiles
        #expect(times.count == 2 && times.max == 30 && times.mean == 27.5)
    }

    @Test func `a deleted file's chunks are promised no more`() {
        var (census, meters) = stored()
        census.dereference([chunk], at: at(1), &meters)
        #expect(
            meters.redundancy.chunks == 0 && meters.durability.chunksAcknowledged == 1
                && meters.redundancy.chunksBelowTarget == 0)
        for _ in 0..<3 {
            #expect(
                census.lost(chunk, wasReachable: true, isFault: false, at: at(2), &meters) == false)
        }
        #expect(census.facts.isEmpty && meters.durability.chunksLost == 0)
    }

    @Test func `a damage is found once, by whoever is first`() {
        var (census, meters) = stored()
        census.diverged(chunk, on: 4, at: at(10), &meters)
        #expect(census.isDivergent(chunk, on: 4) && !census.isDivergent(chunk, on: 5))
        #expect(census.found(chunk, on: 4, .comparison, at: at(25), &meters) == true)
        #expect(
            census.found(chunk, on: 4, .scrubOrRead, at: at(30), &meters) == true,
            "no false finding")
        #expect(meters.merkle.foundByComparison == 1 && meters.merkle.foundByScrubOrRead == 0)
        #expect(meters.merkle.findTimes.quantiles.max == 15)
        #expect(census.found(chunk, on: 5, .comparison, at: at(30), &meters) == false)
        census.forget(chunk, on: 4, &meters)
        #expect(!census.isDivergent(chunk, on: 4) && meters.merkle.divergencesMooted == 0)
    }

    @Test func `a damage that nobody needs to find is moot, once`() {
        var (census, meters) = stored()
        for node in [4, 5, 6] as [UInt32] { census.diverged(chunk, on: node, at: at(10), &meters) }
        census.moot(chunk, on: 4, &meters)
        census.moot(chunk, on: 4, &meters)
        #expect(census.isDivergent(chunk, on: 4), "the disk still lacks what the node counts")
        census.forget(chunk, on: 5, &meters)
        census.mootAll(on: 6, &meters)
        census.mootAll(on: 4, &meters)
        #expect(meters.merkle.divergencesMooted == 3 && meters.merkle.divergencesInjected == 3)
        #expect(census.divergences.isEmpty)
    }

    @Test func `shares are weighted by time`() {
        var (census, meters) = stored()
        _ = census.lost(chunk, wasReachable: true, isFault: true, at: at(30), &meters)
        meters.advance(to: at(40), events: 0)
        #expect(meters.redundancy.durable.shares == [0, 0, 0.25, 0.75, 0, 0, 0])
    }
}

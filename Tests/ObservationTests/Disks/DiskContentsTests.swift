import Primitives
import Roles
import Testing

@testable import Observation

struct DiskContentsTests {
    private func disk(capacityBytes: Int = 1_000) -> DiskContents {
        DiskContents(capacityBytes: capacityBytes)
    }

    private func replica(_ number: UInt64, byteCount: Int = 100, stamp: Int64 = 1)
        -> DiskContents.Replica
    {
        DiskContents.Replica(
            stored: StoredChunk(
                chunk: Self.chunk(number), byteCount: byteCount, owner: PeerID(1),
                stamp: Instant(nanoseconds: stamp)),
            payload: Payload(bytes: [UInt8(truncatingIfNeeded: number), 0], byteCount: byteCount))
    }

    private static func chunk(_ number: UInt64) -> ChunkID { ChunkID(Hash256(number, 0, 0, 0)) }

    private func sync(_ disk: inout DiskContents) {
        disk.startSync()
        disk.finishSync()
    }

    @Test func `a crash loses exactly what was not synced`() {
        var disk = disk()
        _ = disk.write(replica(1))
        sync(&disk)
        _ = disk.write(replica(2))
        disk.startSync()
        // Written while the sync is under way: not covered by it.
        _ = disk.write(replica(3))
        #expect(disk.finishSync() == [Self.chunk(2)])
        #expect([1, 2, 3].map { disk.isDurable(Self.chunk($0)) } == [true, true, false])
        disk.crash()
        #expect(disk.inventory().map(\.chunk) == [Self.chunk(1), Self.chunk(2)])
        #expect(disk.usedBytes == 200)
    }

    @Test func `a sync that had not finished makes nothing durable`() {
        var disk = disk()
        _ = disk.write(replica(1))
        disk.startSync()
        disk.crash()
        #expect(disk.inventory().isEmpty && disk.usedBytes == 0)
        #expect(disk.finishSync().isEmpty)
    }

    @Test func `a deletion is undone by a crash before the next sync, and not after it`() {
        var disk = disk()
        _ = disk.write(replica(1))
        sync(&disk)
        disk.delete(Self.chunk(1))
        #expect(disk.replicas.isEmpty && disk.isDurable(Self.chunk(1)))
        #expect(disk.crash() == [Self.chunk(1)])
        #expect(disk.inventory().count == 1 && disk.usedBytes == 100)
        disk.delete(Self.chunk(1))
        sync(&disk)
        #expect(disk.crash().isEmpty)
        #expect(disk.inventory().isEmpty && disk.usedBytes == 0)
    }

    @Test func `a crash brings back what an unsynced write replaced`() {
        var disk = disk()
        _ = disk.write(replica(1, stamp: 1))
        sync(&disk)
        _ = disk.write(replica(1, byteCount: 50, stamp: 2))
        #expect(disk.usedBytes == 50)
        #expect(disk.crash() == [Self.chunk(1)])
        #expect(disk.inventory().map(\.stamp) == [Instant(nanoseconds: 1)])
        #expect(disk.usedBytes == 100)
    }

    @Test
    func `a crash may keep some of each chunk's unsynced changes, and none after one that it lost`()
    {
        var found: Set<[Int64?]> = []
        for seed in 0..<200 as Range<UInt64> {
            var disk = disk()
            _ = disk.write(replica(1, stamp: 1))
            sync(&disk)
            _ = disk.write(replica(1, byteCount: 50, stamp: 2))
            disk.delete(Self.chunk(1))
            _ = disk.write(replica(2, byteCount: 30, stamp: 3))
            disk.crash(keepingSome: seed)
            #expect(disk.usedBytes == disk.replicas.values.reduce(0) { $0 + $1.payload.byteCount })
            found.insert([1, 2].map { disk.replicas[Self.chunk($0)]?.stored.stamp.nanoseconds })
        }
        // Of the first chunk no change, the write, or the deletion too; of the second its write or not.
        #expect(found == [[1, nil], [1, 3], [2, nil], [2, 3], [nil, nil], [nil, 3]])
    }

    @Test func `a write that does not fit is refused and changes nothing`() {
        var disk = disk(capacityBytes: 250)
        _ = disk.write(replica(1))
        _ = disk.write(replica(2))
        let fits = disk.write(replica(3))
        #expect(!fits)
        #expect(disk.usedBytes == 200 && disk.replicas.count == 2)
        // Replacing counts only the difference.
        _ = disk.write(replica(2, byteCount: 150))
        #expect(disk.usedBytes == 250)
    }

    @Test func `rot reaches what a crash would bring back`() {
        var disk = disk()
        _ = disk.write(replica(1, stamp: 1))
        sync(&disk)
        _ = disk.write(replica(1, stamp: 2))
        disk.suffer(.rot(at: 1), to: Self.chunk(1))
        #expect(disk.replicas[Self.chunk(1)]?.isIntact == false)
        disk.crash()
        #expect(disk.replicas[Self.chunk(1)]?.isIntact == false)
        #expect(disk.replicas[Self.chunk(1)]?.payload.bytes == [1, 1])
    }

    @Test func `what vanished stays away, also when a sync that covers it is under way`() {
        var disk = disk()
        _ = disk.write(replica(1))
        _ = disk.write(replica(2))
        sync(&disk)
        _ = disk.write(replica(1, stamp: 2))
        disk.startSync()
        disk.suffer(.loss, to: Self.chunk(1))
        #expect(!disk.isDurable(Self.chunk(1)))
        disk.finishSync()
        disk.crash()
        #expect(disk.inventory().map(\.chunk) == [Self.chunk(2)])
        #expect(disk.usedBytes == 100)
    }

    /// The disk against a model that keeps whole copies: what programs see and what is durable.
    @Test(arguments: 1...20)
    func `any mix of writes, deletions, syncs and crashes leaves what a model leaves`(
        _ seed: UInt64
    ) {
        var random = RandomSource(seed: seed, who: 1, purpose: 1)
        var disk = disk(capacityBytes: .max)
        var visible: [ChunkID: Instant] = [:]
        var durable: [ChunkID: Instant] = [:]
        var syncing: [ChunkID: Instant]?
        for step in 0..<300 {
            let number = UInt64(random.below(6))
            switch random.below(10) {
            case 0..<4:
                _ = disk.write(replica(number, stamp: Int64(step)))
                visible[Self.chunk(number)] = Instant(nanoseconds: Int64(step))
            case 4..<7:
                disk.delete(Self.chunk(number))
                visible[Self.chunk(number)] = nil
            case 7:
                guard syncing == nil else { continue }
                disk.startSync()
                syncing = visible
            case 8:
                guard let covered = syncing else { continue }
                disk.finishSync()
                durable = covered
                syncing = nil
            default:
                let before = Set(visible.keys)
                let back = disk.crash()
                visible = durable
                syncing = nil
                #expect(Set(back).isSubset(of: durable.keys), "seed \(seed)")
                let returned = Set(durable.keys).subtracting(before)
                #expect(returned.isSubset(of: back), "seed \(seed)")
            }
            let seen = disk.inventory().map { ($0.chunk, $0.stamp) }
            #expect(Dictionary(uniqueKeysWithValues: seen) == visible, "seed \(seed), step \(step)")
            #expect(disk.usedBytes == 100 * visible.count, "seed \(seed)")
            for other in 0..<6 {
                let chunk = Self.chunk(UInt64(other))
                #expect(disk.isDurable(chunk) == (durable[chunk] != nil), "seed \(seed)")
            }
        }
    }
}

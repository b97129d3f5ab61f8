import Primitives
import Roles
import Storage
import Synchronization
import Testing

/// What every disk does for a node.
struct DiskConformanceTests {
    @Test(arguments: DiskKind.allCases)
    func `a fresh disk holds nothing`(_ kind: DiskKind) async throws {
        let tested = try TestedDisk(kind)
        let disk = tested.disk
        #expect(await disk.recoverChunks().isEmpty)
        #expect(await disk.isDamaged(Sample(1).chunk), "it knows that it has no such chunk")
        await disk.sync()
        await disk.close()
    }

    @Test(arguments: DiskKind.allCases)
    func `what was written is read back, before and after a sync`(_ kind: DiskKind) async throws {
        let tested = try TestedDisk(kind)
        let disk = tested.disk
        _ = await disk.recoverChunks()
        let samples = [1, 10, 4_096, 10_000, 300_000].map { Sample(UInt64($0), byteCount: $0) }
        for sample in samples { #expect(await disk.write(sample) == .written) }
        for sample in samples { #expect(await disk.read(sample.chunk) == sample.chunk) }
        await disk.sync()
        for sample in samples { #expect(await disk.read(sample.chunk) == sample.chunk) }
        #expect(await disk.recoverChunks() == samples.map(\.stored).sorted { $0.chunk < $1.chunk })
        await disk.close()
    }

    @Test(arguments: DiskKind.allCases)
    func `what was written is there after a restart`(_ kind: DiskKind) async throws {
        var tested = try TestedDisk(kind)
        let samples = (0..<20).map { Sample($0, byteCount: 100 + Int($0) * 997) }
        await tested.disk.keep(samples)
        try await tested.restart()
        let expected = samples.map(\.stored).sorted { $0.chunk < $1.chunk }
        #expect(await tested.disk.recoverChunks() == expected)
        for sample in samples { #expect(await tested.disk.read(sample.chunk) == sample.chunk) }
        await tested.disk.close()
    }

    @Test(arguments: DiskKind.allCases)
    func `what was deleted stays away`(_ kind: DiskKind) async throws {
        var tested = try TestedDisk(kind)
        let samples = (0..<10).map { Sample($0, byteCount: 50_000) }
        await tested.disk.keep(samples)
        for sample in samples.prefix(7) { tested.disk.delete(sample.chunk) }
        #expect(await tested.disk.read(samples[0].chunk) == nil)
        // What is not there may be deleted too.
        tested.disk.delete(Sample(99).chunk)
        await tested.disk.sync()
        try await tested.restart()
        let expected = samples.suffix(3).map(\.stored).sorted { $0.chunk < $1.chunk }
        #expect(await tested.disk.recoverChunks() == expected)
        #expect(await tested.disk.read(samples[0].chunk) == nil)
        #expect(await tested.disk.read(samples[9].chunk) == samples[9].chunk)
        await tested.disk.close()
    }

    @Test(arguments: DiskKind.allCases)
    func `a newer write of a chunk takes the older one's place`(_ kind: DiskKind) async throws {
        var tested = try TestedDisk(kind)
        let old = Sample(1)
        let new = Sample(1, stamp: 2, owner: 8)
        await tested.disk.keep([old])
        await tested.disk.keep([new])
        #expect(await tested.disk.recoverChunks() == [new.stored])
        try await tested.restart()
        #expect(await tested.disk.recoverChunks() == [new.stored])
        tested.disk.delete(new.chunk)
        await tested.disk.sync()
        try await tested.restart()
        #expect(await tested.disk.recoverChunks().isEmpty)
        await tested.disk.close()
    }

    @Test(arguments: DiskKind.allCases)
    func `what is trash is known over restarts, and can be brought back`(
        _ kind: DiskKind
    ) async throws {
        var tested = try TestedDisk(kind)
        let samples = [Sample(1, byteCount: 3_000), Sample(2, byteCount: 3_000)]
        await tested.disk.keep(samples)
        for restarts in 0..<2 {
            // The second time the segment is sealed.
            let since = Instant.origin + .seconds(5 + Int64(restarts))
            tested.disk.setTrashed(samples[0].chunk, since: since)
            await tested.disk.sync()
            try await tested.restart()
            let found = await tested.disk.recoverChunks()
            #expect(
                found.map(\.trashed) == found.map { $0.chunk == samples[0].chunk ? since : nil })
            #expect(found.count == 2)
            #expect(await tested.disk.read(samples[0].chunk) == samples[0].chunk)
        }
        tested.disk.setTrashed(samples[0].chunk, since: nil)
        await tested.disk.sync()
        try await tested.restart()
        #expect(Set(await tested.disk.recoverChunks().map(\.trashed)) == [nil])
        tested.disk.setTrashed(samples[0].chunk, since: .origin)
        tested.disk.delete(samples[0].chunk)
        await tested.disk.sync()
        try await tested.restart()
        #expect(await tested.disk.recoverChunks() == [samples[1].stored])
        await tested.disk.close()
    }

    @Test(arguments: DiskKind.allCases)
    func `requests for one chunk are carried out in their order`(_ kind: DiskKind) async throws {
        let tested = try TestedDisk(kind)
        let disk = tested.disk
        let sample = Sample(5, byteCount: 5_000)
        let requests: [DiskRequest] = [
            .recoverChunks, .read(token: 1, sample.chunk), sample.write(token: 2),
            .read(token: 3, sample.chunk), .delete(sample.chunk), .read(token: 4, sample.chunk),
            sample.stamped(2).write(token: 5), .read(token: 6, sample.chunk), .sync(token: 7),
        ]
        let events = await disk.ask(requests, count: 8)
        #expect(events.reads == [1: nil, 3: sample.chunk, 4: nil, 6: sample.chunk])
        #expect(events.outcomes == [2: .written, 5: .written])
        #expect(events.synced == [7])
        #expect(await disk.recoverChunks() == [sample.stamped(2).stored])
        await disk.close()
    }

    @Test(arguments: DiskKind.allCases)
    func `every request that has an outcome has it once`(_ kind: DiskKind) async throws {
        let tested = try TestedDisk(kind)
        let disk = tested.disk
        var requests: [DiskRequest] = [.recoverLog]
        for token in 0..<200 as Range<UInt64> {
            requests.append(Sample(token, byteCount: 1_000).write(token: token))
            if token % 10 == 9 { requests.append(.sync(token: 1_000 + token)) }
            requests.append(.read(token: 2_000 + token, Sample(token / 2, byteCount: 1_000).chunk))
        }
        let events = await disk.ask(requests, count: 1 + 200 + 20 + 200)
        #expect(
            events.outcomes.count == 200 && events.outcomes.values.allSatisfy { $0 == .written })
        #expect(events.reads.count == 200 && events.reads.values.allSatisfy { $0 != nil })
        #expect(events.synced.sorted() == (0..<20).map { 1_009 + $0 * 10 })
        await disk.close()
    }

    @Test(arguments: DiskKind.allCases)
    func `what was synced outlives a kill, and nothing comes out of it damaged`(
        _ kind: DiskKind
    ) async throws {
        var tested = try TestedDisk(kind)
        let samples = (0..<12).map { Sample($0, byteCount: 3_000 + Int($0)) }
        await tested.disk.keep(Array(samples.prefix(8)))
        // Neither is synced: either may have come about.
        for sample in samples.suffix(4) { _ = await tested.disk.write(sample) }
        tested.disk.delete(samples[0].chunk)
        try await tested.kill()
        let found = Set(await tested.disk.recoverChunks().map(\.chunk))
        #expect(found.isSuperset(of: samples[1..<8].map(\.chunk)))
        #expect(found.isSubset(of: samples.map(\.chunk)))
        for chunk in found { #expect(await tested.disk.read(chunk) == chunk) }
        await tested.disk.close()
    }

    /// Random requests against a dictionary.
    @Test(arguments: DiskKind.allCases, 1...4 as ClosedRange<UInt64>)
    func `any mix of requests and restarts leaves what a dictionary holds`(
        _ kind: DiskKind, _ seed: UInt64
    ) async throws {
        var random = RandomSource(seed: seed, who: 2, purpose: 2)
        var tested = try TestedDisk(kind)
        var model: [ChunkID: Sample] = [:]
        for step in 0..<150 {
            let number = UInt64(random.below(8))
            let sample = Sample(number, byteCount: 40 + Int(number) * 9_000, stamp: Int64(step))
            switch random.below(20) {
            case 0..<9:
                #expect(await tested.disk.write(sample) == .written)
                model[sample.chunk] = sample
            case 9..<13:
                tested.disk.delete(sample.chunk)
                model[sample.chunk] = nil
            case 13..<16: await tested.disk.sync()
            case 16..<19:
                let found = await tested.disk.read(sample.chunk)
                #expect(found == model[sample.chunk]?.chunk, "seed \(seed), step \(step)")
            default: try await tested.restart()
            }
            if random.below(10) == 0 {
                let expected = model.values.map(\.stored).sorted { $0.chunk < $1.chunk }
                let found = await tested.disk.recoverChunks()
                #expect(found == expected, "seed \(seed), step \(step)")
            }
        }
        await tested.disk.close()
    }
}

import Glibc
import Platform
import Primitives
import Roles
import Segments
import Storage
import Testing

/// Moving what lives, so that the room of what died is free.
struct ChunkStoreCompactionTests {
    private let folder: TemporaryFolder
    private let faults = Faults()

    init() throws { folder = try TemporaryFolder() }

    /// Some forty chunks to a segment.
    private func open(compaction: Int = 20_000) throws -> ChunkStore {
        var limits = ChunkStoreLimits()
        limits.segmentBytes = 64_000
        limits.compaction = compaction
        limits.compactionStep = 5_000
        return try ChunkStore(
            path: folder.path(of: "chunks"), files: faults.files, limits: limits,
            retryMilliseconds: 1)
    }

    private static let samples = (0..<200).map { Sample($0, byteCount: 1_400) }
    /// One of four; the holes between them are too small to be given back one by one.
    private static let kept = samples.enumerated().filter { $0.offset % 4 == 0 }.map(\.element)

    private func allocated() throws -> Int {
        try folder.list("chunks/segments").reduce(0) { sum, name in
            try sum + folder.allocated("chunks/segments/" + name)
        }
    }

    /// Deletes three of four chunks and syncs until nothing is left to move.
    private func thinOut(_ store: ChunkStore) async {
        for (index, sample) in Self.samples.enumerated() where index % 4 != 0 {
            store.delete(sample.chunk)
        }
        await store.sync()
        var before = -1
        while store.status.compactions > before || store.status.segments > 3 {
            before = store.status.compactions
            for _ in 0..<20 { await store.sync() }
            if store.status.compactions == before { break }
        }
    }

    private func check(_ store: ChunkStore, _ expected: [Sample] = kept) async {
        #expect(
            await store.recoverChunks() == expected.map(\.stored).sorted { $0.chunk < $1.chunk })
        for sample in expected { #expect(await store.read(sample.chunk) == sample.chunk) }
    }

    @Test func `chunks move together, and files in which nothing lives go`() async throws {
        let store = try open()
        await store.keep(Self.samples)
        let (room, segments) = (try allocated(), store.status.segments)
        await thinOut(store)
        #expect(store.status.compactions > 0)
        #expect(store.status.segments < segments / 2 + 1)
        await check(store)
        await store.close()
        #expect(try allocated() < room / 2)
        let again = try open(compaction: .max)
        await check(again)
        #expect(again.status.quarantined == 0)
        await again.close()
    }

    @Test func `a file with little to gain stays as it is`() async throws {
        let store = try open()
        await store.keep(Self.samples)
        for sample in Self.samples.prefix(5) { store.delete(sample.chunk) }
        for _ in 0..<20 { await store.sync() }
        #expect(store.status.compactions == 0)
        await check(store, Array(Self.samples.dropFirst(5)))
        await store.close()
    }

    @Test func `what is stored anew or deleted meanwhile is not brought back`() async throws {
        let store = try open()
        await store.keep(Self.samples)
        for (index, sample) in Self.samples.enumerated() where index % 4 != 0 {
            store.delete(sample.chunk)
        }
        await store.sync()
        let anew = Self.kept.prefix(20).map { $0.stamped(2) }
        for sample in anew {
            _ = await store.write(sample)
            await store.sync()
        }
        for sample in Self.kept.suffix(10) { store.delete(sample.chunk) }
        for _ in 0..<40 { await store.sync() }
        let expected = anew + Self.kept.dropFirst(20).dropLast(10)
        await check(store, expected)
        await store.close()
        let again = try open()
        await check(again, expected)
        await again.close()
    }

    @Test(arguments: [ENOSPC, EIO])
    func `a disk that refuses to move leaves all where it is`(_ code: Int32) async throws {
        let store = try open()
        await store.keep(Self.samples)
        for (index, sample) in Self.samples.enumerated() where index % 4 != 0 {
            store.delete(sample.chunk)
        }
        let first = store.status.segments
        faults.set { _, operation, path in
            (operation == .create || operation == .allocate) && path.hasSuffix(".data")
                ? .fails(code) : nil
        }
        for _ in 0..<10 { await store.sync() }
        #expect(store.status.segments <= first)
        await check(store)
        faults.set(nil)
        await store.close()
        let again = try open()
        await check(again)
        await again.close()
    }
}

import Glibc
import Platform
import Primitives
import Roles
import Segments
import Storage
import Testing

/// Power cuts and rot.
struct ChunkStoreDamageTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let data = "chunks/segments/00000001.data"
    private static let index = "chunks/segments/00000001.index"
    private static let samples = (1...3 as ClosedRange<UInt64>).map {
        Sample($0, byteCount: 70 + 30 * Int($0))
    }

    /// What a store finds in the folder, each chunk's bytes checked.
    private func found() async throws -> (chunks: Set<ChunkID>, quarantined: Int) {
        let store = try ChunkStore(path: folder.path(of: "chunks"))
        let chunks = await store.recoverChunks().map(\.chunk)
        var intact = Set<ChunkID>()
        for chunk in chunks where await store.read(chunk) == chunk { intact.insert(chunk) }
        let quarantined = store.status.quarantined
        await store.close()
        return (intact, quarantined)
    }

    private func fill() async throws {
        let store = try ChunkStore(path: folder.path(of: "chunks"))
        await store.keep(Self.samples)
        await store.close()
    }

    /// The same without the index, as after a crash.
    private func fillAndCrash() async throws -> [UInt8] {
        try await fill()
        try folder.remove(Self.index)
        return try folder.contents(of: Self.data)
    }

    private func reset(_ data: [UInt8], index: [UInt8]? = nil) throws {
        try folder.remove("chunks")
        let store = try ChunkStore(path: folder.path(of: "chunks"))
        _ = store
        try folder.write(data, to: Self.data)
        if let index { try folder.write(index, to: Self.index) }
    }

    private static func range(_ number: Int) -> Range<Int> {
        // Records stand behind each other from 4096 on, at multiples of 64.
        var start = 4_096
        for sample in samples.prefix(number) { start += (80 + sample.bytes.count + 63) / 64 * 64 }
        return start..<start + 80 + samples[number].bytes.count
    }

    @Test func `cut anywhere, a file keeps all records that are whole`() async throws {
        let data = try await fillAndCrash()
        for size in stride(from: 4_096, through: data.count, by: 1) {
            try reset(Array(data.prefix(size)))
            let whole = Self.samples.indices.filter { Self.range($0).upperBound <= size }
            let expected = Set(whole.map { Self.samples[$0].chunk })
            #expect(try await found().chunks == expected, "cut at \(size)")
        }
    }

    @Test(arguments: [true, false])
    func `a flipped bit costs at most the record that it is in`(_ hasIndex: Bool) async throws {
        try await fill()
        let (data, index) = (
            try folder.contents(of: Self.data), try folder.contents(of: Self.index)
        )
        let all = Set(Self.samples.map(\.chunk))
        // The room between the headers says nothing.
        for position in Array(0..<80) + Array(2_040..<2_100) + Array(4_096..<data.count) {
            var rotten = data
            rotten[position] ^= 1 << UInt8(position % 8)
            try reset(rotten, index: hasIndex ? index : nil)
            let (chunks, quarantined) = try await found()
            let hit = Self.samples.indices.filter { Self.range($0).contains(position) }
            let spared = all.subtracting(hit.map { Self.samples[$0].chunk })
            #expect(chunks.isSuperset(of: spared), "bit at \(position)")
            #expect(hasIndex || chunks == all || quarantined > 0, "bit at \(position)")
        }
    }

    @Test func `a damaged index is rebuilt from the data`() async throws {
        try await fill()
        let (data, index) = (
            try folder.contents(of: Self.data), try folder.contents(of: Self.index)
        )
        let all = Set(Self.samples.map(\.chunk))
        for position in index.indices {
            var rotten = index
            rotten[position] ^= 0x10
            try reset(data, index: rotten)
            #expect(try await found().chunks == all, "bit at \(position)")
            try reset(data, index: Array(index.prefix(position)))
            #expect(try await found().chunks == all, "cut at \(position)")
        }
    }

    @Test func `a file that is none of ours is put aside`() async throws {
        try await fill()
        try folder.write([UInt8](repeating: 9, count: 10_000), to: "chunks/segments/00000007.data")
        try folder.write([], to: "chunks/segments/00000008.data")
        let (chunks, quarantined) = try await found()
        #expect(chunks.count == 3 && quarantined == 1)
        #expect(try folder.list("chunks/quarantine").contains("7.data"))
    }

    @Test func `what the disk refuses to read at a start is there at the next one`() async throws {
        let samples = (0..<16).map { Sample($0, byteCount: 3_000) }
        let store = try ChunkStore(path: folder.path(of: "chunks"))
        await store.keep(samples)
        await store.close()
        try folder.remove(Self.index)
        let copy = try folder.contents(of: Self.data)
        let blocks = (copy.count + 4_095) / 4_096
        for bad in 1..<blocks {
            try reset(copy)
            let faults = Faults()
            // The header, the whole file at once, and then block for block.
            let reads = Faults.Count()
            faults.set { _, operation, path in
                guard operation == .read, path.hasSuffix(".data") else { return nil }
                let read = reads.next()
                return read == 2 || read == 3 + bad - 1 ? .fails(EIO) : nil
            }
            let store = try ChunkStore(path: folder.path(of: "chunks"), files: faults.files)
            let found = await store.recoverChunks()
            #expect(found.count >= samples.count - 3, "block \(bad)")
            #expect(store.status.failedReads > 0 || found.count == samples.count, "block \(bad)")
            #expect(store.status.quarantined == 0, "block \(bad)")
            for chunk in found { #expect(await store.read(chunk.chunk) == chunk.chunk) }
            // What is deleted meanwhile must not take along what was not read.
            for chunk in found { store.delete(chunk.chunk) }
            await store.sync()
            await store.close()
            let unread = Set(samples.map(\.chunk)).subtracting(found.map(\.chunk))
            #expect(try await self.found().chunks.isSuperset(of: unread), "block \(bad)")
        }
    }

    @Test func `a file that became too short has damaged what was in the rest of it`() async throws
    {
        let store = try ChunkStore(path: folder.path(of: "chunks"))
        await store.keep(Self.samples)
        #expect(truncate(folder.path(of: Self.data), Self.range(2).upperBound - 1) == 0)
        #expect(await store.isDamaged(Self.samples[2].chunk))
        #expect(await store.read(Self.samples[1].chunk) == Self.samples[1].chunk)
        await store.close()
    }

    @Test func `a payload that looks like a record is not one`() async throws {
        let data = try await fillAndCrash()
        let inner = Array(data[Self.range(0)])
        let store = try ChunkStore(path: folder.path(of: "chunks"))
        let bait = Sample(payload: [UInt8](repeating: 0, count: 48) + inner)
        await store.keep([bait])
        await store.close()
        try folder.remove(Self.index)
        var rotten = try folder.contents(of: Self.data)
        // The bait's own header, so that its payload is searched.
        let start = (Self.range(2).upperBound + 63) & -64
        rotten[start + 20] ^= 1
        try folder.write(rotten, to: Self.data)
        #expect(try await found().chunks == Set(Self.samples.map(\.chunk)))
    }

    @Test func `what a role finds rotten and deletes is kept in quarantine`() async throws {
        try await fill()
        var data = try folder.contents(of: Self.data)
        data[Self.range(1).upperBound - 1] ^= 1
        try folder.write(data, to: Self.data)
        let store = try ChunkStore(path: folder.path(of: "chunks"))
        #expect(await store.recoverChunks().count == 3)
        let rotten = Self.samples[1].chunk
        #expect(await store.read(rotten) != rotten)
        store.delete(rotten)
        await store.sync()
        #expect(store.status.quarantined == 1)
        await store.close()
        let log = String(decoding: try folder.contents(of: "chunks/quarantine/log"), as: UTF8.self)
        #expect(log.contains(rotten.description))
        #expect(try folder.list("chunks/quarantine") == ["1-4288.bytes", "log"])
    }

    @Test func `room of deleted chunks is free at once`() async throws {
        let store = try ChunkStore(path: folder.path(of: "chunks"))
        let samples = (0..<8).map { Sample($0, byteCount: 500_000) }
        await store.keep(samples)
        let before = try folder.allocated(Self.data)
        for sample in samples.dropLast() { store.delete(sample.chunk) }
        await store.sync()
        #expect(try folder.allocated(Self.data) < before - 7 * 490_000)
        #expect(await store.read(samples[7].chunk) == samples[7].chunk)
        await store.close()
    }

    @Test func `ten thousand chunks are there after a restart`() async throws {
        let store = try ChunkStore(path: folder.path(of: "chunks"))
        let samples = (0..<10_000).map { Sample($0, byteCount: 100) }
        let requests = samples.map { $0.write(token: 1) } + [.sync(token: 2)]
        _ = await store.ask(requests, count: 10_001)
        await store.close()
        let again = try ChunkStore(path: folder.path(of: "chunks"))
        let expected = samples.map(\.stored).sorted { $0.chunk < $1.chunk }
        #expect(await again.recoverChunks() == expected)
        #expect(again.status.chunks == 10_000 && again.status.chunkBytes == 1_000_000)
        await again.close()
    }
}

import Glibc
import Platform
import Primitives
import Roles
import Segments
import Storage
import Testing

/// A disk that refuses.
struct ChunkStoreFaultTests {
    private let folder: TemporaryFolder
    private let faults = Faults()

    init() throws { folder = try TemporaryFolder() }

    private func open(segmentBytes: Int = 1 << 20) throws -> ChunkStore {
        var limits = ChunkStoreLimits()
        limits.segmentBytes = segmentBytes
        return try ChunkStore(
            path: folder.path(of: "chunks"), files: faults.files, limits: limits,
            retryMilliseconds: 1)
    }

    private func reopened() throws -> ChunkStore {
        try ChunkStore(path: folder.path(of: "chunks"))
    }

    @Test func `a store that was abandoned changes nothing more, and another may open its folder`()
        async throws
    {
        let path = folder.path(of: "node")
        let store = try ChunkStore(in: try DataFolder(path: path, purpose: .node))
        await store.keep([Sample(1)])
        await store.abandon()
        store.perform([Sample(2).write(token: 1), .delete(Sample(1).chunk), .sync(token: 1)]) { _ in
            Issue.record("it answered")
        }
        let again = try ChunkStore(in: try DataFolder(path: path, purpose: .node))
        #expect(await again.recoverChunks() == [Sample(1).stored])
        await again.close()
        _ = try DataFolder(path: path, purpose: .node)
        withExtendedLifetime(store) {}
    }

    @Test func `a write on a full disk is refused, and accepted when there is room again`()
        async throws
    {
        let store = try open()
        await store.keep([Sample(1)])
        for code in [ENOSPC, EDQUOT] {
            faults.set { _, operation, _ in operation == .write ? .tears(after: 100, code) : nil }
            #expect(await store.write(Sample(2)) == .full)
            #expect(await store.read(Sample(2).chunk) == nil)
        }
        faults.set(nil)
        await store.keep([Sample(2)])
        #expect(await store.recoverChunks().count == 2)
        await store.close()
        let again = try reopened()
        #expect(await again.recoverChunks().count == 2)
        #expect(await again.read(Sample(1).chunk) == Sample(1).chunk)
        #expect(await again.read(Sample(2).chunk) == Sample(2).chunk)
        await again.close()
    }

    @Test func `a write that fails leaves what it was to replace`() async throws {
        let store = try open()
        await store.keep([Sample(1)])
        faults.set { _, operation, _ in operation == .write ? .tears(after: 100, EIO) : nil }
        #expect(await store.write(Sample(1, stamp: 2)) == .failed)
        faults.set(nil)
        #expect(await store.recoverChunks() == [Sample(1).stored])
        #expect(await store.read(Sample(1).chunk) == Sample(1).chunk)
        #expect(store.status.failedWrites == 1)
        #expect(await store.write(Sample(2)) == .written)
        await store.close()
        let again = try reopened()
        #expect(await again.recoverChunks().count == 2)
        await again.close()
    }

    @Test func `after one failed sync all is written anew before the sync is reported`()
        async throws
    {
        let store = try open()
        await store.keep([Sample(1), Sample(2)])
        for number in 3...6 as ClosedRange<UInt64> { _ = await store.write(Sample(number)) }
        _ = await store.write(Sample(2, stamp: 2))
        store.delete(Sample(6).chunk)
        // The kernel reports it once, and not again.
        let first = Once()
        faults.set { _, operation, path in
            operation == .sync && path.hasSuffix(".data") && first.take() ? .fails(EIO) : nil
        }
        await store.sync()
        #expect(store.status.failedSyncs == 1 && store.status.failure == nil)
        // What stands in the file that refused does not count: only its older, durable records do.
        try folder.zero("chunks/segments/00000001.data", from: 4096 + 2 * 384)
        let copy = try folder.copy()
        let again = try ChunkStore(path: copy.path(of: "chunks"))
        let chunks = await again.recoverChunks()
        #expect(Set(chunks.map(\.chunk)) == Set((1...5).map { Sample($0).chunk }))
        #expect(chunks.first { $0.chunk == Sample(2).chunk }?.stamp.nanoseconds == 2)
        for number in 1...5 as ClosedRange<UInt64> {
            #expect(await again.read(Sample(number).chunk) == Sample(number).chunk)
        }
        await again.close()
        await store.close()
        withExtendedLifetime(copy) {}
    }

    @Test func `a disk that refuses every sync accepts nothing, and recovers by itself`()
        async throws
    {
        let store = try open()
        await store.keep([Sample(1)])
        faults.set { _, operation, _ in operation == .sync ? .fails(ENOSPC) : nil }
        _ = await store.write(Sample(2))
        async let synced: Void = store.sync()
        while store.status.failure == nil { await Task.yield() }
        #expect(store.status.failure?.isFull == true)
        #expect(await store.write(Sample(3)) == .full)
        // It is asked, but not told.
        #expect(await store.read(Sample(2).chunk) == Sample(2).chunk)
        faults.set(nil)
        await synced
        #expect(store.status.failure == nil)
        #expect(await store.write(Sample(3)) == .written)
        await store.close()
        let again = try reopened()
        #expect(await again.recoverChunks().count == 3)
        await again.close()
    }

    @Test func `a store whose disk fails for good can be closed`() async throws {
        let store = try open()
        await store.keep([Sample(1)])
        faults.set { _, _, _ in .fails(EIO) }
        #expect(await store.write(Sample(2)) == .failed)
        store.delete(Sample(1).chunk)
        await store.close()
        faults.set(nil)
        let again = try reopened()
        #expect(await again.recoverChunks().count <= 1)
        await again.close()
    }

    @Test func `a folder that cannot be made is an error that says so`() {
        #expect(throws: SystemError.self) {
            try ChunkStore(path: "/proc/none/chunks")
        }
    }

    /// Every system call in turn fails once, or tears.
    @Test(arguments: [ENOSPC, EIO], [false, true])
    func `whichever system call fails, what was acknowledged stays`(
        _ code: Int32, _ isTorn: Bool
    ) async throws {
        var (call, calls) = (0, 1)
        while call <= calls {
            call += 1
            let folder = try TemporaryFolder()
            var limits = ChunkStoreLimits()
            limits.segmentBytes = 20_000
            // A copy of files that are being moved would be none of any moment.
            let isCut = call % 2 == 0
            limits.compaction = isCut ? .max : 4_000
            let store = try ChunkStore(
                path: folder.path(of: "chunks"), files: faults.files, limits: limits,
                retryMilliseconds: 1)
            faults.set { [call] number, _, _ in
                guard number == call else { return nil }
                return isTorn ? .tears(after: 50, code) : .fails(code)
            }
            let story = await Story.play(on: store)
            calls = faults.count
            faults.set(nil)
            if isCut {
                let copy = try folder.copy()
                try await story.check(
                    ChunkStore(path: copy.path(of: "chunks")), "cut at call \(call)")
                withExtendedLifetime(copy) {}
            }
            await store.close()
            try await story.check(
                ChunkStore(path: folder.path(of: "chunks")), "closed after call \(call)")
            withExtendedLifetime(folder) {}
        }
        #expect(call > 40)
    }
}

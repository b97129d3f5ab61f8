import Foundation
import Platform
import Primitives
import Roles
import Segments
import Storage
import Synchronization
import Testing

/// A system that refuses to open or read for now, as one without descriptors or memory does.
struct ChunkStoreUnavailableTests {
    private let folder: TemporaryFolder
    private let faults = Faults()
    private let samples = (0..<12).map { Sample($0, byteCount: 9_000) }

    init() throws { folder = try TemporaryFolder() }

    /// Two chunks to a segment.
    private func open(in folder: TemporaryFolder? = nil) throws -> ChunkStore {
        var limits = ChunkStoreLimits()
        limits.segmentBytes = 23_000
        limits.openSegments = 3
        limits.openIndexes = 2
        return try ChunkStore(
            path: (folder ?? self.folder).path(of: "chunks"), files: faults.files, limits: limits,
            retryMilliseconds: 1)
    }

    /// The chunks on the disk; without their indexes, as after a crash.
    private func fill(isCrashed: Bool = false) async throws {
        let store = try open()
        await store.keep(samples)
        await store.close()
        guard isCrashed else { return }
        for name in try folder.list("chunks/segments") where name.hasSuffix(".index") {
            try folder.remove("chunks/segments/" + name)
        }
    }

    private func expectAll(_ store: ChunkStore, _ comment: String) async {
        let expected = samples.map(\.stored).sorted { $0.chunk < $1.chunk }
        #expect(await store.recoverChunks() == expected, "\(comment)")
        for sample in samples {
            #expect(await store.read(sample.chunk) == sample.chunk, "\(comment)")
        }
        #expect(store.status.quarantined == 0 && store.status.failure == nil, "\(comment)")
    }

    @Test(
        arguments: [FileSystem.Operation.open, .read],
        [EMFILE, ENFILE, ENOMEM, EAGAIN, EACCES, ENOENT, EIO, ESTALE, ETIMEDOUT])
    func `a chunk that cannot be opened or read now is neither damaged nor gone`(
        _ refused: FileSystem.Operation, _ code: Int32
    ) async throws {
        let store = try open()
        await store.keep(samples)
        faults.set { _, operation, path in
            operation == refused && path.hasSuffix(".data") ? .fails(code) : nil
        }
        var unavailable = 0
        for sample in samples {
            #expect(await !store.isDamaged(sample.chunk))
            if await store.isUnavailable(sample.chunk) { unavailable += 1 }
        }
        // The few files that are open already need not be opened; each has two chunks.
        #expect(unavailable >= samples.count - 3 * 2)
        #expect(store.status.failedReads == 2 * unavailable)
        faults.set(nil)
        await expectAll(store, "\(refused) \(code)")
        await store.close()
    }

    @Test func `a folder that another one took the place of serves and acknowledges nothing`()
        async throws
    {
        let store = try open()
        await store.keep(samples)
        let (path, aside) = (folder.path(of: "chunks"), folder.path(of: "aside"))
        try FileManager.default.moveItem(atPath: path, toPath: aside)
        for name in ["", "/segments", "/quarantine"] {
            try FileManager.default.createDirectory(
                atPath: path + name, withIntermediateDirectories: false)
        }
        for sample in samples { #expect(await store.isUnavailable(sample.chunk)) }
        #expect(store.status.failure?.cause == .isGone)

        // The first of these may still be written into the file without a name, and is not durable there.
        let later = (20..<24).map { Sample($0, byteCount: 9_000) }
        for sample in later { _ = await store.write(sample) }
        let isSynced = Atomic(false)
        store.perform([.sync(token: 2)]) { _ in isSynced.store(true, ordering: .relaxed) }
        try await Task.sleep(for: .milliseconds(100))
        // Looked at first: what is synced later may be durable in the folder that is there now.
        let wasSynced = isSynced.load(ordering: .relaxed)
        let found = try ChunkStore(path: path)
        let durable = Set(await found.recoverChunks().map(\.chunk))
        await found.close()
        #expect(!wasSynced || later.allSatisfy { durable.contains($0.chunk) })

        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: aside, toPath: path)
        for sample in samples { #expect(await store.read(sample.chunk) == sample.chunk) }
        await store.close()
    }

    @Test func `a folder that was away and is back is well though nobody writes`() async throws {
        let store = try open()
        await store.keep(samples)
        let (path, aside) = (folder.path(of: "chunks"), folder.path(of: "aside"))
        try FileManager.default.moveItem(atPath: path, toPath: aside)
        #expect(await store.isUnavailable(samples[11].chunk))
        #expect(store.status.failure?.cause == .isGone)
        try FileManager.default.moveItem(atPath: aside, toPath: path)
        #expect(await store.read(samples[11].chunk) == samples[11].chunk)
        #expect(store.status.failure == nil)
        await store.close()
    }

    @Test(arguments: [EMFILE, ENOMEM, EACCES, EIO], [true, false])
    func `whichever system call a start is refused, all is there once it is granted`(
        _ code: Int32, _ isCrashed: Bool
    ) async throws {
        try await fill(isCrashed: isCrashed)
        var (call, calls) = (0, 1)
        while call < calls {
            call += 1
            let copy = try folder.copy()
            faults.set { [call] number, _, _ in number == call ? .fails(code) : nil }
            // A store that is not opened at all has done nothing either.
            guard let store = try? open(in: copy) else {
                calls = max(calls, call + 1)
                continue
            }
            _ = await store.recoverChunks()
            calls = faults.count
            faults.set(nil)
            await expectAll(store, "call \(call)")
            await store.close()
            #expect(
                try copy.list("chunks/quarantine").allSatisfy { $0 == "log" }, "call \(call)")
            let again = try open(in: copy)
            await expectAll(again, "after call \(call)")
            await again.close()
            withExtendedLifetime(copy) {}
        }
        #expect(call > 40)
    }

    @Test(arguments: [FileSystem.Operation.list, .open, .read, .sync])
    func `a start that is refused tells nobody what it has, and says why until it is granted`(
        _ refused: FileSystem.Operation
    ) async throws {
        try await fill(isCrashed: true)
        let store = try open()
        faults.set { _, operation, path in
            operation == refused && path.contains("/segments") ? .fails(EMFILE) : nil
        }
        async let found = store.recoverChunks()
        while store.status.failure == nil { await Task.yield() }
        #expect(store.status.failure?.code == EMFILE && !store.status.isReady)
        async let isWritten = store.write(Sample(99))
        faults.set(nil)
        #expect(await found.count == samples.count)
        #expect(await isWritten == .written)
        #expect(store.status.failure == nil && store.status.quarantined == 0)
        await store.close()
    }

    @Test func `however many segments are read and changed, few of their files are open`()
        async throws
    {
        let store = try open()
        await store.keep(samples)
        let reads = samples.enumerated().map { DiskRequest.read(token: UInt64($0), $1.chunk) }
        #expect(await store.ask(reads, count: reads.count).reads.count == samples.count)
        for sample in samples.prefix(4) { store.delete(sample.chunk) }
        for index in stride(from: 4, to: samples.count, by: 2) {
            store.delete(samples[index].chunk)
        }
        await store.sync()
        // Data files, index files, and the one that is appended to.
        #expect(try openFiles() <= 3 + 2 + 1)
        await store.close()
        let again = try open()
        #expect(await again.recoverChunks().count == 4)
        await again.close()
    }

    /// How many files of the folder this process has open.
    private func openFiles() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { name in
            let target = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/fd/\(name)")
            return target?.hasPrefix(folder.path) == true
        }
    }
}

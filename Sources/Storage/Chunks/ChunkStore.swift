import Dispatch
package import Platform
package import Primitives
package import Roles
package import Segments

/// A `SegmentStore` on real files.
///
/// One queue writes, another syncs, and a few read. A write is refused as `full` or `failed` when the
/// disk refuses it. A sync that the disk refuses is never reported as done: what it was to cover is
/// written anew, again and again if need be, and `status.failure` says so meanwhile. As long as the
/// disk cannot be read back after a start, requests wait, and it says that.
package final class ChunkStore: Disk {
    private let medium: LiveMedium
    private let folder: SegmentFolder
    /// Keeps the lock.
    private let dataFolder: DataFolder?
    // Touched on the writer's queue alone.
    private nonisolated(unsafe) var store: SegmentStore<LiveMedium>
    private nonisolated(unsafe) var isAbandoned = false
    private nonisolated(unsafe) var closed: CheckedContinuation<Void, Never>?
    private let writing = DispatchQueue(label: "chunks.write")
    private let syncing = DispatchQueue(label: "chunks.sync")
    private let reading = (0..<4).map { DispatchQueue(label: "chunks.read.\($0)") }
    private let retryDelay: DispatchTimeInterval

    /// Opens the store in a folder, which is made if it is not there. The chunks in it are read when
    /// they are asked for. Throws where the folder cannot be used.
    package convenience init(
        path: String, files: FileSystem = FileSystem(),
        limits: ChunkStoreLimits = ChunkStoreLimits(), retryMilliseconds: Int = 1_000
    ) throws(SystemError) {
        try self.init(path, files, nil, limits, .milliseconds(retryMilliseconds))
    }

    /// Opens the store in a node's data folder, and holds on to that.
    package convenience init(
        in folder: DataFolder, limits: ChunkStoreLimits = ChunkStoreLimits()
    ) throws(SystemError) {
        try self.init(folder.path(of: "chunks"), folder.files, folder, limits, .seconds(1))
    }

    private init(
        _ path: String, _ files: FileSystem, _ dataFolder: DataFolder?, _ limits: ChunkStoreLimits,
        _ retryDelay: DispatchTimeInterval
    ) throws(SystemError) {
        medium = LiveMedium(
            files: LiveVolume(files: files),
            table: LiveMedium.Table(mostFiles: limits.openSegments))
        store = SegmentStore(path: path, on: medium, limits: limits)
        folder = store.folder
        self.dataFolder = dataFolder
        self.retryDelay = retryDelay
        try store.open()
    }

    /// How the store is. Cheap, from any thread.
    package var status: ChunkStoreStatus { medium.withTable { $0.status } }

    // MARK: Disk

    package func perform(
        _ requests: [DiskRequest], complete: @escaping @Sendable (DiskEvent) -> Void
    ) {
        var ordered: [(request: DiskRequest, caller: LiveMedium.Caller)] = []
        for request in requests {
            switch request {
            case .read(let token, let chunk):
                let start = medium.withTable { $0.startRead(chunk, onWriter: false) }
                switch start {
                case .waits: break
                case .missing:
                    read(token, nil, complete)
                    continue
                case .at(let location):
                    read(token, location, complete)
                    continue
                }
            case .write(_, let stored, _): medium.withTable { $0.enqueue(stored.chunk) }
            case .delete(let chunk): medium.withTable { $0.enqueue(chunk) }
            default: break
            }
            ordered.append((request, complete))
        }
        guard !ordered.isEmpty else { return }
        writing.async { [ordered] in self.step { $0.perform(ordered, effects: &$1) } }
    }

    package func close() async {
        await withCheckedContinuation { continuation in
            writing.async {
                self.closed = continuation
                self.step { $0.close(effects: &$1) }
            }
        }
        await letGo()
    }

    package func abandon() async {
        await withCheckedContinuation { done in
            writing.async { [self] in
                isAbandoned = true
                // Behind the sync under way and what comes of it.
                syncing.async { self.writing.async { done.resume() } }
            }
        }
        await letGo()
    }

    /// Waits for the reads under way.
    private func letGo() async {
        for queue in reading {
            await withCheckedContinuation { done in queue.async { done.resume() } }
        }
        medium.withTable { $0.forgetFiles() }
        dataFolder?.release()
    }

    // MARK: On the writer's queue

    /// Gives the store an input and carries out what it wants.
    private func step(
        _ input: (inout SegmentStore<LiveMedium>, inout [SegmentStore<LiveMedium>.Effect]) -> Void
    ) {
        guard !isAbandoned else { return }
        var effects: [SegmentStore<LiveMedium>.Effect] = []
        input(&store, &effects)
        for effect in effects { carryOut(effect) }
    }

    private func carryOut(_ effect: SegmentStore<LiveMedium>.Effect) {
        switch effect {
        case .report(let event, let complete): complete(event)
        case .read(let token, let location, let complete): read(token, location, complete)
        case .sync(let work):
            syncing.async { [files = medium.files] in
                var files = files
                let failures = work.run(on: &files)
                self.writing.async { self.step { $0.finishSync(failures, effects: &$1) } }
            }
        case .retryLater:
            writing.asyncAfter(deadline: .now() + retryDelay) {
                self.step { $0.retry(effects: &$1) }
            }
        case .closed:
            closed?.resume()
            closed = nil
        }
    }

    // MARK: Reading

    /// Reads on a queue for that, so that however many reads wait, no file is open for them.
    private func read(
        _ token: UInt64, _ location: RecordLocation?, _ complete: @escaping LiveMedium.Caller
    ) {
        guard let location else {
            return reading[0].async { complete(.read(token: token, .damaged)) }
        }
        reading[location.spread(over: reading.count)].async { [medium, folder] in
            var medium = medium
            complete(.read(token: token, medium.read(location, in: folder)))
        }
    }
}

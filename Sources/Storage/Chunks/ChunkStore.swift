import Dispatch
package import Platform
import Primitives
package import Roles

/// A node's durable store of sealed chunks: logs of records, described in `ChunkFormat`.
///
/// One queue writes, another syncs, and a few read. A write is refused as `full` or `failed` when the
/// disk refuses it. A sync that the disk refuses is never reported as done: what it was to cover is
/// written anew, again and again if need be, and `status.failure` says so meanwhile. As long as the
/// disk cannot be read back after a start, requests wait, and it says that.
package final class ChunkStore: Disk {
    private let table: ChunkTable
    private let folder: SegmentFolder
    /// Keeps the lock.
    private let dataFolder: DataFolder?
    // Touched on the writer's queue alone.
    private nonisolated(unsafe) let writer: ChunkWriter
    private nonisolated(unsafe) var isClosing = false
    private nonisolated(unsafe) var isAbandoned = false
    private nonisolated(unsafe) var closed: CheckedContinuation<Void, Never>?
    private nonisolated(unsafe) var isRetrying = false
    /// What is to be done once the chunks are read back, oldest first.
    private nonisolated(unsafe) var waiting: [(DiskRequest, @Sendable (DiskEvent) -> Void)] = []
    private let writing = DispatchQueue(label: "chunks.write")
    private let syncing = DispatchQueue(label: "chunks.sync")
    private let reading = (0..<4).map { DispatchQueue(label: "chunks.read.\($0)") }
    private let retryDelay: DispatchTimeInterval

    /// Opens the store in a folder, which is made if it is not there. The chunks in it are read when
    /// they are asked for.
    package init(
        path: String, files: FileSystem = FileSystem(),
        limits: ChunkStoreLimits = ChunkStoreLimits(),
        retryMilliseconds: Int = 1_000
    ) throws(StorageError) {
        folder = SegmentFolder(path: path, files: files)
        table = ChunkTable(mostFiles: limits.openSegments)
        dataFolder = nil
        retryDelay = .milliseconds(retryMilliseconds)
        writer = try Self.open(folder, table, limits)
    }

    /// Opens the store in a node's data folder, and holds on to that.
    package init(in dataFolder: DataFolder, limits: ChunkStoreLimits = ChunkStoreLimits())
        throws(StorageError)
    {
        folder = SegmentFolder(path: dataFolder.path(of: "chunks"), files: dataFolder.files)
        table = ChunkTable(mostFiles: limits.openSegments)
        self.dataFolder = dataFolder
        retryDelay = .seconds(1)
        writer = try Self.open(folder, table, limits)
    }

    private static func open(
        _ folder: SegmentFolder, _ table: ChunkTable, _ limits: ChunkStoreLimits
    ) throws(StorageError) -> ChunkWriter {
        do throws(SystemError) {
            try folder.make()
            _ = try folder.segments()
        } catch {
            throw .system(error)
        }
        return ChunkWriter(folder: folder, table: table, limits: limits)
    }

    /// How the store is. Cheap, from any thread.
    package var status: ChunkStoreStatus { table.status }

    // MARK: Disk

    package func perform(
        _ requests: [DiskRequest], complete: @escaping @Sendable (DiskEvent) -> Void
    ) {
        var ordered: [DiskRequest] = []
        for request in requests {
            switch request {
            case .read(let token, let chunk):
                if read(token, chunk, onWriter: false, complete) { continue }
            case .write(_, let stored, _): table.enqueue(stored.chunk)
            case .delete(let chunk): table.enqueue(chunk)
            default: break
            }
            ordered.append(request)
        }
        guard !ordered.isEmpty else { return }
        writing.async { [ordered] in
            self.waiting += ordered.map { ($0, complete) }
            self.carryOut()
        }
    }

    package func close() async {
        await withCheckedContinuation { continuation in
            writing.async {
                self.isClosing = true
                self.closed = continuation
                self.writer.batch.isWanted = true
                self.sync()
            }
        }
        for queue in reading {
            await withCheckedContinuation { done in queue.async { done.resume() } }
        }
        table.forgetFiles()
        dataFolder?.release()
    }

    package func abandon() async {
        await withCheckedContinuation { done in
            writing.async { [self] in
                isAbandoned = true
                // Behind the sync under way and what comes of it.
                syncing.async { self.writing.async { done.resume() } }
            }
        }
        for queue in reading {
            await withCheckedContinuation { done in queue.async { done.resume() } }
        }
        table.forgetFiles()
        dataFolder?.release()
    }

    // MARK: On the writer's queue

    /// Carries out what waits, as far as the disk can be read.
    private func carryOut(isRetry: Bool = false) {
        guard !isAbandoned else { return }
        let work = waiting
        waiting = []
        for (index, (request, complete)) in work.enumerated() {
            do throws(SystemError) {
                try carryOut(request, complete)
            } catch {
                waiting = Array(work[index...])
                table.report { $0.failure = error }
                retryLater()
                return
            }
        }
        sync(isRetry: isRetry)
    }

    /// Throws when it could not be begun.
    private func carryOut(
        _ request: DiskRequest, _ complete: @escaping @Sendable (DiskEvent) -> Void
    ) throws(SystemError) {
        if !writer.isRecovered { try writer.recover() }
        switch request {
        case .recoverChunks:
            let chunks = try writer.chunks()
            table.report { $0.failure = writer.failure }
            complete(.recoveredChunks(chunks))
        case .write(let token, let stored, let payload):
            let outcome = writer.write(stored, payload)
            table.dequeue(stored.chunk)
            complete(.wrote(token: token, outcome))
        case .delete(let chunk):
            writer.delete(chunk)
            table.dequeue(chunk)
        case .read(let token, let chunk): _ = read(token, chunk, onWriter: true, complete)
        case .sync(let token):
            writer.batch.isWanted = true
            writer.batch.waiting.append { complete(.synced(token: token)) }
        // A node has no log.
        case .recoverLog: complete(.recoveredLog([]))
        case .append: break
        }
    }

    /// Starts the sync that is due, and goes on when it is done.
    private func sync(isRetry: Bool = false) {
        guard !isAbandoned else { return }
        if writer.failure != nil, !isRetry, !isClosing {
            retryLater()
        } else if let work = writer.startSync() {
            run(work)
        } else if writer.syncing == nil {
            idle()
        }
    }

    private func run(_ work: SyncWork) {
        syncing.async {
            let failures = work.run()
            self.writing.async {
                guard !self.isAbandoned else { return }
                self.writer.finishSync(failures)
                if self.isClosing, self.writer.failure != nil { self.idle() } else { self.sync() }
            }
        }
    }

    /// No sync is under way: the time to tidy up, to try again, or to close.
    private func idle() {
        if isClosing {
            writer.shut()
            closed?.resume()
            closed = nil
            return
        }
        if writer.failure != nil {
            retryLater()
        } else {
            writer.reclaimPostponed()
            writer.compactSome()
            if let work = writer.startSync() {
                run(work)
            } else if writer.failure != nil {
                retryLater()
            }
        }
    }

    private func retryLater() {
        guard !isRetrying else { return }
        isRetrying = true
        writing.asyncAfter(deadline: .now() + retryDelay) {
            self.isRetrying = false
            if !self.isClosing { self.carryOut(isRetry: true) }
        }
    }

    // MARK: Reading

    /// Returns false when the read has to wait for the writer. It finds the place at once, so that
    /// later requests do not touch what it reads.
    private func read(
        _ token: UInt64, _ chunk: ChunkID, onWriter: Bool,
        _ complete: @escaping @Sendable (DiskEvent) -> Void
    ) -> Bool {
        let location: RecordLocation
        switch table.startRead(chunk, onWriter: onWriter) {
        case .waits: return false
        case .missing:
            reading[0].async { complete(.read(token: token, .damaged)) }
            return true
        case .at(let place): location = place
        }
        reading[Int(chunk.hash.prefix % UInt64(reading.count))].async {
            let outcome = self.read(location)
            self.table.finishRead(location)
            complete(.read(token: token, outcome))
        }
        return true
    }

    /// On a queue for reading, so that however many reads wait, no file is open for them.
    private func read(_ location: RecordLocation) -> ReadOutcome {
        do throws(SystemError) {
            let file = try table.file(of: location.segment, in: folder)
            let bytes = try file.read(Int(location.length), at: location.payloadOffset)
            // Else the file has become too short.
            guard bytes.count == Int(location.length) else { return .damaged }
            return .bytes(Payload(bytes: bytes, byteCount: Int(location.byteCount)))
        } catch {
            table.report { $0.failedReads += 1 }
            return .unavailable
        }
    }
}

import Dispatch
package import Primitives
package import Roles

/// A backend's durable ledger: serves recoveries, appends and syncs over its database.
///
/// Appended blocks gather, and a sync makes one transaction of them. Where that fails, the sync does
/// not complete: it is tried again until it succeeds, so that a role acknowledges nothing that a
/// crash could undo, and goes on by itself once the disk has space again. Requests that come
/// meanwhile wait.
package final class LedgerStore: Disk {
    /// What the operator should hear of.
    package enum Incident: Sendable, Equatable {
        /// Reading or writing failed, and is tried again after a while.
        case failed(BackendDatabaseError, retryAfter: Duration)
        /// What had failed succeeded.
        case recovered
        /// Closed with this many blocks that could not be written. Nobody was told that they were.
        case abandoned(blocks: Int, BackendDatabaseError)
    }

    private typealias Completion = @Sendable (DiskEvent) -> Void

    private let database: BackendDatabase
    private let retryDelay: Duration
    private let observe: @Sendable (Incident) -> Void
    private let queue = DispatchQueue(label: "DecentraStore ledger")
    // Touched on the queue alone.
    /// What was asked, oldest first. Leaves once it is done.
    private nonisolated(unsafe) var waiting: [(request: DiskRequest, complete: Completion)] = []
    /// Where the next block goes; nil until it was read.
    private nonisolated(unsafe) var nextHeight: UInt64?
    /// The last try failed, and another one is scheduled.
    private nonisolated(unsafe) var isRetrying = false
    private nonisolated(unsafe) var isClosed = false

    /// A store over a database, which the caller closes after the store. `observe` is called on the
    /// store's own thread.
    package init(
        database: BackendDatabase, retryDelay: Duration = .seconds(1),
        observe: @escaping @Sendable (Incident) -> Void
    ) {
        self.database = database
        self.retryDelay = retryDelay
        self.observe = observe
    }

    package func perform(
        _ requests: [DiskRequest], complete: @escaping @Sendable (DiskEvent) -> Void
    ) {
        queue.async { [self] in
            guard !isClosed else { return }
            waiting += requests.map { ($0, complete) }
            if !isRetrying { carryOut() }
        }
    }

    /// Makes a last attempt at what waits. Leaves the database open.
    package func close() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.finish()
                continuation.resume()
            }
        }
    }

    /// Forgets what waits. Leaves the database open.
    package func abandon() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.isClosed = true
                self.waiting = []
                continuation.resume()
            }
        }
    }

    /// How many requests have not been carried out, including appends that no sync has followed.
    package var waitingCount: Int { queue.sync { waiting.count } }
}

/// On the queue.
extension LedgerStore {
    /// Does what can be done, and schedules another try where something fails.
    private func carryOut() {
        do throws(BackendDatabaseError) {
            while let events = try step() {
                for (event, complete) in events { complete(event) }
            }
            if isRetrying { observe(.recovered) }
            isRetrying = false
        } catch {
            isRetrying = true
            observe(.failed(error, retryAfter: retryDelay))
            queue.asyncAfter(
                deadline: .now() + .nanoseconds(Int(clamping: retryDelay.nanoseconds))
            ) {
                if !self.isClosed { self.carryOut() }
            }
        }
    }

    /// Does the oldest thing that can be done: a recovery, a reading, or all appends up to the last sync or to
    /// the next recovery or reading. Returns what to report; nil when nothing is left but appends that no sync
    /// has followed.
    private func step() throws(BackendDatabaseError) -> [(DiskEvent, Completion)]? {
        if case (.recoverLog, let complete)? = waiting.first {
            let blocks = try database.allBlocks()
            waiting.removeFirst()
            nextHeight = UInt64(blocks.count)
            return [(.recoveredLog(blocks), complete)]
        }
        if case (.readBlock(let height), let complete)? = waiting.first {
            let block = try database.readBlock(height)
            waiting.removeFirst()
            return [(.readBlock(height: height, block), complete)]
        }
        var blocks: [[UInt8]] = []
        var batch: (workCount: Int, blockCount: Int)?
        var events: [(DiskEvent, Completion)] = []
        scan: for (index, (request, complete)) in waiting.enumerated() {
            switch request {
            case .append(let block): blocks.append(block)
            case .sync(let token):
                events.append((.synced(token: token), complete))
                batch = (index + 1, blocks.count)
            case .recoverLog, .readBlock:
                // It must see what was appended before it.
                batch = (index, blocks.count)
                break scan
            case .recoverChunks, .write, .read, .delete, .setTrashed:
                preconditionFailure("a ledger's disk keeps no chunks")
            }
        }
        guard let batch else { return nil }
        try write(Array(blocks.prefix(batch.blockCount)))
        waiting.removeFirst(batch.workCount)
        return events
    }

    private func write(_ blocks: [[UInt8]]) throws(BackendDatabaseError) {
        guard !blocks.isEmpty else { return }
        let height = if let nextHeight { nextHeight } else { try database.nextHeight() }
        // Kept even where writing fails: the next try must write the same heights.
        nextHeight = height
        try database.append(blocks, at: height)
        nextHeight = height + UInt64(blocks.count)
    }

    private func finish() {
        defer {
            isClosed = true
            waiting = []
        }
        do throws(BackendDatabaseError) {
            while let events = try step() {
                for (event, complete) in events { complete(event) }
            }
            // Appended but never synced: durable all the same, as closing promises.
            try write(unwritten())
        } catch {
            observe(.abandoned(blocks: unwritten().count, error))
        }
    }

    private func unwritten() -> [[UInt8]] {
        waiting.compactMap { if case .append(let block) = $0.request { block } else { nil } }
    }
}

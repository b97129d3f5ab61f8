import Primitives
import Roles
import Storage
import Synchronization

/// Drives a ledger store and keeps what it reports.
final class LedgerDrive: Sendable {
    let store: LedgerStore
    private let events: AsyncStream<DiskEvent>
    private let incidents: AsyncStream<LedgerStore.Incident>
    private let report: @Sendable (DiskEvent) -> Void
    private let reported: Reported

    /// How many syncs have completed.
    final class Reported: Sendable {
        let syncs = Mutex(0)
    }

    init(_ database: BackendDatabase, retryDelay: Duration = .milliseconds(1)) {
        let (events, report) = AsyncStream.makeStream(of: DiskEvent.self)
        let (incidents, observe) = AsyncStream.makeStream(of: LedgerStore.Incident.self)
        let reported = Reported()
        self.events = events
        self.incidents = incidents
        self.reported = reported
        self.report = { event in
            if case .synced = event { reported.syncs.withLock { $0 += 1 } }
            report.yield(event)
        }
        store = LedgerStore(database: database, retryDelay: retryDelay) { observe.yield($0) }
    }

    var syncCount: Int { reported.syncs.withLock { $0 } }

    func perform(_ requests: DiskRequest...) { store.perform(requests, complete: report) }

    func nextEvent() async -> DiskEvent? {
        var iterator = events.makeAsyncIterator()
        return await iterator.next()
    }

    func nextIncident() async -> LedgerStore.Incident? {
        var iterator = incidents.makeAsyncIterator()
        return await iterator.next()
    }

    /// Appends blocks, syncs, and waits until that is done.
    func write(_ blocks: [UInt8]...) async -> Bool {
        store.perform(blocks.map { .append($0) } + [.sync(token: 7)], complete: report)
        if case .synced(token: 7)? = await nextEvent() { return true }
        return false
    }

    /// What the store recovers.
    func recover() async -> [[UInt8]]? {
        perform(.recoverLog)
        if case .recoveredLog(let blocks)? = await nextEvent() { return blocks }
        return nil
    }
}

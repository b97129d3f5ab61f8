import Primitives
import Roles

/// A disk in memory, for chunks and for a log: what was not synced is lost in a crash. It reports at
/// once what it did, unless it is told to hold some reports back.
struct MemoryDisk {
    struct Kinds: OptionSet {
        let rawValue: Int
        static let reads = Kinds(rawValue: 1)
        static let writes = Kinds(rawValue: 2)
        static let syncs = Kinds(rawValue: 4)
    }

    struct State {
        var chunks: [ChunkID: (stored: StoredChunk, payload: Payload)] = [:]
        var log: [[UInt8]] = []
    }

    private struct Report {
        var event: DiskEvent
        /// What is durable once a sync is reported: what was there when it was asked for.
        var durable: State?
    }

    /// As running programs see it.
    private(set) var state = State()
    /// As it would be after a crash.
    private(set) var durable = State()
    /// Reports of these kinds wait to be released.
    var holding: Kinds = []
    /// What writes come to; anything but `written` leaves the disk as it was.
    var writeOutcome = DiskOutcome.written
    /// Reads find the disk out of order.
    var refusesReads = false
    private(set) var writeCount = 0
    private(set) var syncCount = 0
    private(set) var readCount = 0

    private var held: [Report] = []
    private var reports: [Report] = []

    mutating func take(_ request: DiskRequest) {
        guard let report = perform(request) else { return }
        if isHeld(request) { held.append(report) } else { reports.append(report) }
    }

    /// Lets all reports that wait go out.
    mutating func release() {
        holding = []
        reports += held
        held = []
    }

    mutating func nextEvent() -> DiskEvent? {
        guard !reports.isEmpty else { return nil }
        let report = reports.removeFirst()
        if let now = report.durable { durable = now }
        return report.event
    }

    mutating func crash() {
        state = durable
        held = []
        reports = []
        holding = []
    }

    /// Changes a stored byte behind the program's back.
    mutating func rot(_ chunk: ChunkID) { state.chunks[chunk]?.payload.bytes[0] ^= 1 }

    /// Loses a chunk behind the program's back.
    mutating func lose(_ chunk: ChunkID) { state.chunks[chunk] = nil }

    /// Changes a byte of a block of the log, durably.
    mutating func tamper(block: Int, byte: Int) {
        state.log[block][byte] ^= 1
        durable.log = state.log
    }

    /// Has only so many blocks of the log, durably.
    mutating func cutLog(to count: Int) {
        state.log.removeLast(max(state.log.count - count, 0))
        durable.log = state.log
    }

    private func isHeld(_ request: DiskRequest) -> Bool {
        switch request {
        case .read: holding.contains(.reads)
        case .write: holding.contains(.writes)
        case .sync: holding.contains(.syncs)
        default: false
        }
    }

    private mutating func perform(_ request: DiskRequest) -> Report? {
        switch request {
        case .recoverChunks:
            let chunks = state.chunks.values.map(\.stored).sorted { $0.chunk < $1.chunk }
            return Report(event: .recoveredChunks(chunks))
        case .recoverLog: return Report(event: .recoveredLog(state.log))
        case .write(let token, let stored, let payload):
            writeCount += 1
            if writeOutcome == .written { state.chunks[stored.chunk] = (stored, payload) }
            return Report(event: .wrote(token: token, writeOutcome))
        case .read(let token, let chunk):
            readCount += 1
            guard !refusesReads else { return Report(event: .read(token: token, .unavailable)) }
            let payload = state.chunks[chunk]?.payload
            return Report(event: .read(token: token, payload.map { .bytes($0) } ?? .damaged))
        case .sync(let token):
            syncCount += 1
            return Report(event: .synced(token: token), durable: state)
        case .delete(let chunk): state.chunks[chunk] = nil
        case .setTrashed(let chunk, let since): state.chunks[chunk]?.stored.trashed = since
        case .append(let block): state.log.append(block)
        case .readBlock(let height):
            readCount += 1
            let block = height < state.log.count ? state.log[Int(height)] : nil
            return Report(event: .readBlock(height: height, block))
        }
        return nil
    }
}

import Platform
import Primitives
import Roles

/// What one sync makes durable.
struct SyncBatch {
    /// A record that was written; its payload is kept in case the sync fails.
    struct Written {
        var stored: StoredChunk
        var payload: Payload
        var location: RecordLocation
    }

    /// A record that was marked dead.
    struct Dead {
        var location: RecordLocation
        /// Set when the bytes may be damaged and ought to be looked at before they go.
        var suspect: ChunkID?
    }

    /// Called when all of it is durable.
    var waiting: [@Sendable () -> Void] = []
    /// Somebody wants a sync, though nobody may wait for it.
    var isWanted = false
    var written: [Written] = []
    /// Records that die when those that replace them are durable.
    var superseded: [ChunkTable.Key: [RecordLocation]] = [:]
    var dead: [Dead] = []
    /// Segments whose data file has to be synced.
    var data: Set<UInt32> = []
    /// Segments whose index file has to be synced.
    var index: Set<UInt32> = []
    /// Segments whose data file refused: what was written there has to be written elsewhere.
    var suspect: Set<UInt32> = []
    /// Segments whose index file has to be written as a whole.
    var reseal: Set<UInt32> = []

    /// This batch, which was not made durable, and the one after it.
    func joined(with next: SyncBatch) -> SyncBatch {
        var both = self
        both.waiting += next.waiting
        both.isWanted = isWanted || next.isWanted
        both.written += next.written
        both.superseded.merge(next.superseded) { $0 + $1 }
        both.dead += next.dead
        both.data.formUnion(next.data)
        both.index.formUnion(next.index)
        both.suspect.formUnion(next.suspect)
        both.reseal.formUnion(next.reseal)
        return both
    }
}

/// The files of a batch, to be synced by a thread of its own.
struct SyncWork: Sendable {
    enum Target: Hashable, Sendable {
        case data(UInt32)
        case index(UInt32)
    }

    var targets: [(Target, File)]
    /// Where in the data files payloads were written.
    var written: [UInt32: Range<Int>]

    init(_ batch: SyncBatch) {
        targets = []
        written = Dictionary(
            batch.written.map { ($0.location.segment, Int($0.location.offset)..<$0.location.end) },
            uniquingKeysWith: {
                min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound)
            })
    }

    /// Returns what failed.
    func run() -> [(Target, SystemError)] {
        var failures: [(Target, SystemError)] = []
        for (target, file) in targets {
            do throws(SystemError) {
                try file.sync()
                if case .data(let number) = target, let range = written[number] {
                    file.uncache(range)
                }
            } catch {
                failures.append((target, error))
            }
        }
        return failures
    }
}

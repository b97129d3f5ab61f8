package import Primitives
import Roles

/// A record that was written; its payload is kept in case the sync fails.
struct WrittenRecord: Sendable {
    var stored: StoredChunk
    var payload: Payload
    var location: RecordLocation
}

/// A record that was marked dead.
struct DeadRecord: Sendable {
    var location: RecordLocation
    /// Set when the bytes may be damaged and ought to be looked at before they go.
    var suspect: ChunkID?
}

/// What one sync makes durable.
struct SyncBatch<Caller: Sendable>: Sendable {
    /// Told when all of it is durable.
    var waiting: [(token: UInt64, caller: Caller)] = []
    /// Somebody wants a sync, though nobody may wait for it.
    var isWanted = false
    var written: [WrittenRecord] = []
    /// Records that die when those that replace them are durable.
    var superseded: [ChunkKey: [RecordLocation]] = [:]
    var dead: [DeadRecord] = []
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

/// A file that a sync covers.
package enum SyncTarget: Hashable, Sendable {
    case data(UInt32)
    case index(UInt32)
}

/// The files of a batch, which may be synced beside the writer.
package struct SyncWork<File: Sendable>: Sendable {
    var targets: [(SyncTarget, File)] = []
    /// Where in the data files payloads were written.
    var written: [UInt32: Range<Int>] = [:]

    init(_ records: [WrittenRecord]) {
        for record in records {
            let location = record.location
            let range = Int(location.offset)..<location.end
            written[location.segment] =
                written[location.segment].map {
                    min($0.lowerBound, range.lowerBound)..<max($0.upperBound, range.upperBound)
                } ?? range
        }
    }

    /// Returns what failed.
    package func run<Files: Volume>(
        on files: inout Files
    ) -> [(SyncTarget, SystemError)] where Files.File == File {
        var failures: [(SyncTarget, SystemError)] = []
        for (target, file) in targets {
            do throws(SystemError) {
                try files.sync(file)
                try files.requirePlace(of: file, for: .sync)
                if case .data(let number) = target, let range = written[number] {
                    files.uncache(range, of: file)
                }
            } catch {
                failures.append((target, error))
            }
        }
        return failures
    }
}

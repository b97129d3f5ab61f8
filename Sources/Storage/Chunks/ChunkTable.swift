package import Platform
import Primitives
import Roles
import Synchronization

/// What the threads of a store share: where each chunk is, and which files are open.
final class ChunkTable: Sendable {
    /// Half of a chunk's name. Two chunks that agree in it take some 2⁶⁴ tries to find, and then one
    /// of them reads as damaged; in return a million chunks need 64 MB less.
    struct Key: Hashable {
        var high: UInt64
        var low: UInt64

        init(_ chunk: ChunkID) { (high, low, _, _) = chunk.hash.words }
    }

    private struct State {
        var locations: [Key: RecordLocation] = [:]
        var files: [UInt32: File] = [:]
        /// Writes and deletions that wait for the writer; a read of such a chunk waits with them.
        var queued: [ChunkID: Int] = [:]
        /// How many reads of a place are under way.
        var reads: [RecordLocation: Int] = [:]
        /// Chunks that were read lately, oldest overwritten first.
        var recent: [Key] = []
        var nextRecent = 0
        var status = ChunkStoreStatus()
    }

    private static let mostRecent = 256

    /// The most files that are kept open.
    private let mostFiles: Int

    private let state = Mutex(State())

    init(mostFiles: Int) { self.mostFiles = mostFiles }

    var status: ChunkStoreStatus { state.withLock { $0.status } }

    func report(_ change: (inout ChunkStoreStatus) -> Void) {
        state.withLock { change(&$0.status) }
    }

    // MARK: Order

    /// Counts requests that the writer will carry out, before it is given them.
    func enqueue(_ chunk: ChunkID) { state.withLock { $0.queued[chunk, default: 0] += 1 } }

    func dequeue(_ chunk: ChunkID) {
        state.withLock { state in
            guard let count = state.queued[chunk] else { return }
            state.queued[chunk] = count == 1 ? nil : count - 1
        }
    }

    // MARK: Locations

    func location(of chunk: ChunkID) -> RecordLocation? {
        state.withLock { $0.locations[Key(chunk)] }
    }

    /// Returns the location that the chunk had.
    @discardableResult
    func update(_ chunk: ChunkID, to location: RecordLocation) -> RecordLocation? {
        state.withLock { state in
            let old = state.locations.updateValue(location, forKey: Key(chunk))
            state.status.count(location, instead: old)
            return old
        }
    }

    /// Returns the location that the chunk had, and whether it was read lately.
    func remove(_ chunk: ChunkID) -> (location: RecordLocation, wasReadLately: Bool)? {
        state.withLock { state in
            let key = Key(chunk)
            guard let old = state.locations.removeValue(forKey: key) else { return nil }
            state.status.count(nil, instead: old)
            return (old, state.recent.contains(key))
        }
    }

    // MARK: Reading

    /// How a read begins.
    enum ReadStart {
        /// Requests for the chunk come first, and the writer has them.
        case waits
        case missing
        /// The bytes stay there until `finishRead`, whatever becomes of the chunk meanwhile.
        case at(RecordLocation)
    }

    /// Begins a read, which the writer itself need not wait for.
    func startRead(_ chunk: ChunkID, onWriter: Bool) -> ReadStart {
        state.withLock { state in
            guard onWriter || (state.status.isReady && state.queued[chunk] == nil) else {
                return .waits
            }
            let key = Key(chunk)
            guard let location = state.locations[key] else { return .missing }
            if state.recent.count < Self.mostRecent {
                state.recent.append(key)
            } else {
                state.recent[state.nextRecent] = key
                state.nextRecent = (state.nextRecent + 1) % Self.mostRecent
            }
            state.reads[location, default: 0] += 1
            return .at(location)
        }
    }

    func finishRead(_ location: RecordLocation) {
        state.withLock { state in
            guard let count = state.reads[location] else { return }
            state.reads[location] = count == 1 ? nil : count - 1
        }
    }

    func isBeingRead(_ location: RecordLocation) -> Bool {
        state.withLock { $0.reads[location] != nil }
    }

    /// A segment's data file, which is opened if it is not.
    func file(of segment: UInt32, in folder: SegmentFolder) throws(SystemError) -> File {
        if let file = state.withLock({ $0.files[segment] }) { return file }
        let file = try folder.files.open(folder.dataPath(segment))
        keep(file, of: segment)
        return file
    }

    func keep(_ file: File, of segment: UInt32) {
        state.withLock { state in
            if state.files.count >= mostFiles, let any = state.files.keys.first {
                state.files[any] = nil
            }
            state.files[segment] = file
        }
    }

    func forgetFile(of segment: UInt32) { state.withLock { $0.files[segment] = nil } }

    func forgetFiles() { state.withLock { $0.files = [:] } }
}

/// What a store tells of itself, for metrics and for an operator.
package struct ChunkStoreStatus: Sendable, Equatable {
    /// The chunks were read back from the disk.
    package var isReady = false
    package var chunks = 0
    /// What the chunks count as, in bytes.
    package var chunkBytes = 0
    package var segments = 0
    /// Syncs that made something durable.
    package var syncs = 0
    /// Syncs that the disk refused. What they were to cover was written anew.
    package var failedSyncs = 0
    /// Writes that the disk refused.
    package var failedWrites = 0
    /// Reads that the disk refused, of chunks that may be intact.
    package var failedReads = 0
    /// The disk had no room for the last write.
    package var isFull = false
    /// Damaged records that were found since the start.
    package var quarantined = 0
    /// Segments whose living chunks were moved to give room back.
    package var compactions = 0
    /// Why nothing can be made durable at present, or the chunks not be read back; nil when all is
    /// well. No write is accepted meanwhile, and the store tries again by itself.
    package var failure: SystemError?

    mutating func count(_ location: RecordLocation?, instead old: RecordLocation?) {
        if let old {
            chunks -= 1
            chunkBytes -= Int(old.byteCount)
        }
        if let location {
            chunks += 1
            chunkBytes += Int(location.byteCount)
        }
    }

    package init() {}
}

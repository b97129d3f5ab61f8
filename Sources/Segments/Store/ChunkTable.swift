package import Primitives

/// What a store's writer and those who read beside it share: where each chunk is, and which files are
/// open.
package struct ChunkTable<File: Sendable>: Sendable {
    /// How the store is.
    package internal(set) var status = ChunkStoreStatus()
    private var locations: [ChunkKey: RecordLocation] = [:]
    private var files: [UInt32: File] = [:]
    /// The most files that are kept open.
    private let mostFiles: Int
    /// Writes and deletions that wait for the writer; a read of such a chunk waits with them.
    private var queued: [ChunkID: Int] = [:]
    /// How many reads of a place are under way.
    private var reads: [RecordLocation: Int] = [:]
    /// Chunks that were read lately, oldest overwritten first.
    private var recent: [ChunkKey] = []
    private var nextRecent = 0

    package init(mostFiles: Int) { self.mostFiles = mostFiles }

    // MARK: Order

    /// Counts requests that the writer will carry out, before it is given them.
    package mutating func enqueue(_ chunk: ChunkID) { queued[chunk, default: 0] += 1 }

    mutating func dequeue(_ chunk: ChunkID) {
        guard let count = queued[chunk] else { return }
        queued[chunk] = count == 1 ? nil : count - 1
    }

    // MARK: Locations

    func location(of chunk: ChunkID) -> RecordLocation? { locations[ChunkKey(chunk)] }

    /// Returns the location that the chunk had.
    @discardableResult
    mutating func update(_ chunk: ChunkID, to location: RecordLocation) -> RecordLocation? {
        let old = locations.updateValue(location, forKey: ChunkKey(chunk))
        status.count(location, instead: old)
        return old
    }

    /// Returns the location that the chunk had, and whether it was read lately.
    mutating func remove(_ chunk: ChunkID) -> (location: RecordLocation, wasReadLately: Bool)? {
        let key = ChunkKey(chunk)
        guard let old = locations.removeValue(forKey: key) else { return nil }
        status.count(nil, instead: old)
        return (old, recent.contains(key))
    }

    // MARK: Reading

    /// Begins a read, which the writer itself need not wait for. What is there stays there until
    /// `finishRead`, whatever becomes of the chunk meanwhile.
    package mutating func startRead(_ chunk: ChunkID, onWriter: Bool) -> ReadStart {
        guard onWriter || (status.isReady && queued[chunk] == nil) else { return .waits }
        let key = ChunkKey(chunk)
        guard let location = locations[key] else { return .missing }
        if recent.count < ReadStart.mostRecent {
            recent.append(key)
        } else {
            recent[nextRecent] = key
            nextRecent = (nextRecent + 1) % ReadStart.mostRecent
        }
        reads[location, default: 0] += 1
        return .at(location)
    }

    package mutating func finishRead(_ location: RecordLocation) {
        guard let count = reads[location] else { return }
        reads[location] = count == 1 ? nil : count - 1
    }

    func isBeingRead(_ location: RecordLocation) -> Bool { reads[location] != nil }

    // MARK: Open files

    /// A segment's data file, if it is open.
    func file(of segment: UInt32) -> File? { files[segment] }

    mutating func keep(_ file: File, of segment: UInt32) {
        if files.count >= mostFiles, let oldest = files.keys.min() { files[oldest] = nil }
        files[segment] = file
    }

    mutating func forgetFile(of segment: UInt32) { files[segment] = nil }

    package mutating func forgetFiles() { files = [:] }
}

/// Half of a chunk's name. Two chunks that agree in it take some 2⁶⁴ tries to find, and then one of them
/// reads as damaged; in return a million chunks need 64 MB less.
struct ChunkKey: Hashable {
    var high: UInt64
    var low: UInt64

    init(_ chunk: ChunkID) { (high, low, _, _) = chunk.hash.words }
}

/// How a read begins.
package enum ReadStart: Sendable {
    /// Requests for the chunk come first, and the writer has them.
    case waits
    case missing
    case at(RecordLocation)

    /// How many chunks that were read lately are remembered.
    fileprivate static let mostRecent = 256
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

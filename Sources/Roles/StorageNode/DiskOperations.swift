import Primitives

/// Who waits for a write.
enum WriteAnswer: Sendable {
    case store(ChunkID, to: PeerID, call: CallID)
    case copy(NodeCopy)
    case restore(ChunkID, to: PeerID, call: CallID)
    case keep(for: PeerID, call: CallID)
    /// The operator, who looks at the status.
    case nobody
}

/// A node's reads and writes under way: one write of a chunk at a time. One sync at a time makes all
/// writes and deletions before it durable together, so that many small ones share its cost.
struct DiskOperations: Sendable {
    struct Write: Sendable {
        var stored: StoredChunk
        var answer: WriteAnswer
    }

    struct Read: Sendable {
        /// The replica as it was counted when the read began.
        var stored: StoredChunk
        /// Nil when the node reads for itself.
        var answer: (PeerID, CallID)?
        /// The nonce of the audit that the bytes are for, unless they are asked for themselves.
        var nonce: Hash256?
        /// The replica is to come back from the trash.
        var isOfTrash = false
        /// The replica is a block of the asker's ledger.
        var isOfLedger = false
    }

    private var lastToken: UInt64 = 0
    private var writing: [UInt64: Write] = [:]
    private var reading: [UInt64: Read] = [:]
    /// Written and waiting for the next sync.
    private var written: [Write] = []
    /// Something was deleted and waits for the next sync.
    private var hasDeleted = false
    /// Covered by the sync under way; nil when none is.
    private var syncing: [Write]?
    /// The stamps of the writes that are not durable yet.
    private var stamps: [ChunkID: Instant] = [:]

    /// The stamp under which a chunk is being written, from the write's start until it is durable or
    /// has failed; nil when it is not. Meanwhile the chunk's bytes on the disk are the write's.
    func stampBeingWritten(of chunk: ChunkID) -> Instant? { stamps[chunk] }

    /// Begins a write of a chunk that is not being written.
    mutating func begin(_ write: Write) -> UInt64 {
        lastToken += 1
        writing[lastToken] = write
        stamps[write.stored.chunk] = write.stored.stamp
        return lastToken
    }

    mutating func begin(_ read: Read) -> UInt64 {
        lastToken += 1
        reading[lastToken] = read
        return lastToken
    }

    mutating func finishRead(_ token: UInt64) -> Read? { reading.removeValue(forKey: token) }

    /// A write failed.
    mutating func abandon(_ token: UInt64) -> Write? {
        guard let write = writing.removeValue(forKey: token) else { return nil }
        stamps[write.stored.chunk] = nil
        return write
    }

    /// A write finished. Returns the token of the sync to start, if one is due.
    mutating func written(_ token: UInt64) -> UInt64? {
        guard let write = writing.removeValue(forKey: token) else { return nil }
        written.append(write)
        return syncing == nil ? startSync() : nil
    }

    /// What was trash is none any more: to be counted once that is durable. Returns the token of the sync
    /// to start, if one is due.
    mutating func restored(_ write: Write) -> UInt64? {
        stamps[write.stored.chunk] = write.stored.stamp
        written.append(write)
        return syncing == nil ? startSync() : nil
    }

    /// Something was deleted. Returns the token of the sync to start, if one is due.
    mutating func deleted() -> UInt64? {
        hasDeleted = true
        return syncing == nil ? startSync() : nil
    }

    /// The sync finished. Returns what is durable now, and the token of the next sync, if one is due.
    mutating func synced() -> (durable: [Write], next: UInt64?) {
        let durable = syncing ?? []
        syncing = nil
        for write in durable { stamps[write.stored.chunk] = nil }
        return (durable, written.isEmpty && !hasDeleted ? nil : startSync())
    }

    private mutating func startSync() -> UInt64 {
        syncing = written
        written = []
        hasDeleted = false
        lastToken += 1
        return lastToken
    }
}

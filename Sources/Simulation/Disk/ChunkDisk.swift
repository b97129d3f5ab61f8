package import Primitives
package import Roles

/// A node's simulated disk: what was written is lost in a crash until it was synced.
package struct ChunkDisk: Sendable {
    /// A stored chunk and its bytes.
    package struct Replica: Sendable {
        package var stored: StoredChunk
        package var payload: Payload
        /// The bytes are what was written.
        package var isIntact = true

        mutating func rot(at position: UInt64) {
            guard !payload.bytes.isEmpty else { return }
            payload.bytes[Int(position % UInt64(payload.bytes.count))] ^= 1
            isIntact = false
        }
    }

    /// As running programs see it, volatile changes included.
    package private(set) var replicas: [ChunkID: Replica] = [:]
    package private(set) var usedBytes = 0
    package let capacityBytes: Int
    private let speed: DiskSettings
    private var freeAt = Instant.origin

    /// What each change since the last sync replaced, oldest first.
    private var undo: [(chunk: ChunkID, before: Replica?)] = []
    /// How many of those the sync under way covers.
    private var syncing = 0

    init(capacityBytes: Int, speed: DiskSettings) {
        self.capacityBytes = capacityBytes
        self.speed = speed
    }

    /// When an operation that moves this many bytes and starts now will be done: one at a time.
    mutating func finish(bytes: Int, at now: Instant) -> Instant {
        freeAt =
            max(now, freeAt) + speed.latency
            + Duration(seconds: Double(bytes) / Double(speed.bytesPerSecond))
        return freeAt
    }

    /// Returns whether there was room.
    mutating func write(_ replica: Replica) -> Bool {
        let before = replicas[replica.stored.chunk]
        let used =
            usedBytes - (before?.payload.byteCount ?? 0) + replica.payload.byteCount
        guard used <= capacityBytes else { return false }
        usedBytes = used
        replicas[replica.stored.chunk] = replica
        undo.append((replica.stored.chunk, before))
        return true
    }

    /// Returns what was deleted.
    @discardableResult
    mutating func delete(_ chunk: ChunkID) -> Replica? {
        guard let before = replicas.removeValue(forKey: chunk) else { return nil }
        usedBytes -= before.payload.byteCount
        undo.append((chunk, before))
        return before
    }

    mutating func startSync(at now: Instant) -> Instant {
        syncing = undo.count
        freeAt = max(now, freeAt) + speed.syncLatency
        return freeAt
    }

    /// Returns the chunks whose changes became durable.
    mutating func finishSync() -> [ChunkID] {
        let durable = undo.prefix(syncing).map(\.chunk)
        undo.removeFirst(syncing)
        syncing = 0
        return durable
    }

    /// Power is cut: changes that were not synced never happened. Returns the chunks that are there
    /// as they were before such changes, in order.
    mutating func crash() -> [ChunkID] {
        let undone = Set(undo.map(\.chunk)).sorted()
        for (chunk, before) in undo.reversed() {
            usedBytes -= replicas[chunk]?.payload.byteCount ?? 0
            replicas[chunk] = before
            usedBytes += before?.payload.byteCount ?? 0
        }
        undo = []
        syncing = 0
        freeAt = .origin
        return undone.filter { replicas[$0] != nil }
    }

    /// Whether the chunk would survive a crash.
    package func isDurable(_ chunk: ChunkID) -> Bool {
        for change in undo where change.chunk == chunk { return change.before != nil }
        return replicas[chunk] != nil
    }

    /// What a program finds when it starts, in order of chunk.
    package func inventory() -> [StoredChunk] {
        replicas.values.map(\.stored).sorted { $0.chunk < $1.chunk }
    }

    /// Takes what a real disk gave back for the truth, where each chunk is as it was before or after
    /// any of the changes that were not synced. `pending`: writes that may or may not have happened.
    /// Returns the chunks that were never written here.
    mutating func reconcile(with found: [StoredChunk], pending: [Replica]) -> [ChunkID] {
        var known: [ChunkID: [Replica]] = [:]
        for replica in Array(replicas.values) + undo.compactMap(\.before) + pending {
            known[replica.stored.chunk, default: []].append(replica)
        }
        replicas = [:]
        undo = []
        syncing = 0
        usedBytes = 0
        var unknown: [ChunkID] = []
        for stored in found {
            guard let replica = known[stored.chunk]?.first(where: { $0.stored == stored }) else {
                unknown.append(stored.chunk)
                continue
            }
            replicas[stored.chunk] = replica
            usedBytes += replica.payload.byteCount
        }
        return unknown
    }

    // MARK: Faults

    /// Flips a bit of the stored bytes, and of what a crash would bring back.
    mutating func rot(_ chunk: ChunkID, at position: UInt64) {
        replicas[chunk]?.rot(at: position)
        for index in undo.indices where undo[index].chunk == chunk {
            undo[index].before?.rot(at: position)
        }
    }

    /// The replica vanishes without a trace; a crash does not bring it back.
    mutating func lose(_ chunk: ChunkID) {
        if let replica = replicas.removeValue(forKey: chunk) {
            usedBytes -= replica.payload.byteCount
        }
        for index in undo.indices where undo[index].chunk == chunk { undo[index].before = nil }
    }
}

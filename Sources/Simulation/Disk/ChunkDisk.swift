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

    /// Power is cut: changes that were not synced never happened. Returns the chunks that were
    /// deleted and are there again.
    mutating func crash() -> [ChunkID] {
        var back: [ChunkID] = []
        for (chunk, before) in undo.reversed() {
            if before != nil, replicas[chunk] == nil { back.append(chunk) }
            usedBytes -= replicas[chunk]?.payload.byteCount ?? 0
            replicas[chunk] = before
            usedBytes += before?.payload.byteCount ?? 0
        }
        undo = []
        syncing = 0
        freeAt = .origin
        return back
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

    // MARK: Faults

    /// Flips a bit of the stored bytes.
    mutating func rot(_ chunk: ChunkID, at position: UInt64) {
        guard let count = replicas[chunk]?.payload.bytes.count, count > 0 else { return }
        replicas[chunk]?.payload.bytes[Int(position % UInt64(count))] ^= 1
        replicas[chunk]?.isIntact = false
        undo.removeAll { $0.chunk == chunk }
    }

    /// The replica vanishes without a trace.
    mutating func lose(_ chunk: ChunkID) {
        guard let replica = replicas.removeValue(forKey: chunk) else { return }
        usedBytes -= replica.payload.byteCount
        undo.removeAll { $0.chunk == chunk }
    }
}

import Cryptography
package import Primitives
package import Roles

/// The chunks on a node's disk: as running programs see them, and as a crash would leave them. What was
/// written or deleted is undone by a crash until it was synced.
package struct DiskContents: Sendable {
    /// A stored chunk and its bytes.
    package struct Replica: Sendable {
        package var stored: StoredChunk
        package var payload: Payload
        /// The bytes are what was written.
        package var isIntact = true

        package init(stored: StoredChunk, payload: Payload) {
            self.stored = stored
            self.payload = payload
        }

        /// What a disk gave back of a chunk; nil: nothing.
        package init(stored: StoredChunk, found payload: Payload?) {
            self.init(
                stored: stored, payload: payload ?? Payload(bytes: [], byteCount: stored.byteCount))
            isIntact = payload.map { SHA256.hash($0.bytes) == stored.chunk.hash } ?? false
        }

        /// It is what was written, and nobody had it deleted.
        var counts: Bool { isIntact && stored.trashed == nil }

        fileprivate var trashBytes: Int { stored.trashed == nil ? 0 : payload.byteCount }

        mutating func rot(at position: UInt64) {
            guard !payload.bytes.isEmpty else { return }
            payload.bytes[Int(position % UInt64(payload.bytes.count))] ^= 1
            isIntact = false
        }
    }

    /// As running programs see it, volatile changes included.
    package private(set) var replicas: [ChunkID: Replica] = [:]
    package private(set) var usedBytes = 0
    /// Of those, what was to be deleted and is kept for a while.
    package private(set) var trashBytes = 0
    package let capacityBytes: Int

    /// What each change since the last sync replaced, oldest first.
    private var undo: [(chunk: ChunkID, before: Replica?)] = []
    /// How many of those the sync under way covers.
    private var syncing = 0

    /// One that durably holds some chunks.
    package init(capacityBytes: Int, _ found: [Replica] = []) {
        self.capacityBytes = capacityBytes
        for replica in found {
            replicas[replica.stored.chunk] = replica
            usedBytes += replica.payload.byteCount
            trashBytes += replica.trashBytes
        }
    }

    /// Returns whether there was room.
    package mutating func write(_ replica: Replica) -> Bool {
        let before = replicas[replica.stored.chunk]
        guard
            usedBytes - (before?.payload.byteCount ?? 0) + replica.payload.byteCount
                <= capacityBytes
        else { return false }
        set(replica.stored.chunk, to: replica)
        undo.append((replica.stored.chunk, before))
        return true
    }

    package mutating func delete(_ chunk: ChunkID) {
        guard let before = replicas[chunk] else { return }
        set(chunk, to: nil)
        undo.append((chunk, before))
    }

    package mutating func setTrashed(_ chunk: ChunkID, since: Instant?) {
        guard let before = replicas[chunk] else { return }
        var replica = before
        replica.stored.trashed = since
        set(chunk, to: replica)
        undo.append((chunk, before))
    }

    private mutating func set(_ chunk: ChunkID, to replica: Replica?) {
        let before = replicas[chunk]
        usedBytes += (replica?.payload.byteCount ?? 0) - (before?.payload.byteCount ?? 0)
        trashBytes += (replica?.trashBytes ?? 0) - (before?.trashBytes ?? 0)
        replicas[chunk] = replica
    }

    /// A sync begins: it covers the changes up to here.
    package mutating func startSync() { syncing = undo.count }

    /// Returns the chunks whose changes became durable.
    @discardableResult
    package mutating func finishSync() -> [ChunkID] {
        let durable = undo.prefix(syncing).map(\.chunk)
        undo.removeFirst(syncing)
        syncing = 0
        return durable
    }

    /// Power is cut: changes that were not synced never happened, or, with a seed, some of them did: of
    /// each chunk's as many as is drawn, and no later one. Returns the chunks that had such changes
    /// and are there, in order.
    @discardableResult
    package mutating func crash(keepingSome seed: UInt64? = nil) -> [ChunkID] {
        let changed = Set(undo.map(\.chunk)).sorted()
        var kept: [ChunkID: Int] = [:]
        if let seed {
            var random = RandomSource(seed: seed, who: 0, purpose: 0)
            let counts = Dictionary(undo.map { ($0.chunk, 1) }, uniquingKeysWith: +)
            for chunk in changed { kept[chunk] = random.below(counts[chunk]! + 1) }
        }
        let changes = undo.filter { change in
            guard let count = kept[change.chunk], count > 0 else { return true }
            kept[change.chunk] = count - 1
            return false
        }
        for (chunk, before) in changes.reversed() { set(chunk, to: before) }
        undo = []
        syncing = 0
        return changed.filter { replicas[$0] != nil }
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
    package mutating func reconcile(with found: [StoredChunk], pending: [Replica]) -> [ChunkID] {
        var known: [ChunkID: [Replica]] = [:]
        for replica in Array(replicas.values) + undo.compactMap(\.before) + pending {
            known[replica.stored.chunk, default: []].append(replica)
        }
        replicas = [:]
        undo = []
        syncing = 0
        (usedBytes, trashBytes) = (0, 0)
        var unknown: [ChunkID] = []
        for stored in found {
            guard
                var replica = known[stored.chunk]?.first(where: {
                    $0.stored.stamp == stored.stamp && $0.stored.owner == stored.owner
                        && $0.stored.byteCount == stored.byteCount
                })
            else {
                unknown.append(stored.chunk)
                continue
            }
            // A mark of trash is lost where the disk refused it.
            replica.stored.trashed = stored.trashed
            set(stored.chunk, to: replica)
        }
        return unknown
    }

    // MARK: Faults

    /// What a fault does to a replica.
    package enum Damage: Sendable {
        /// A bit of the byte at this position, modulo its size, is another.
        case rot(at: UInt64)
        /// It is gone without a trace.
        case loss
    }

    /// A fault strikes a chunk, and what a crash would bring back of it.
    package mutating func suffer(_ damage: Damage, to chunk: ChunkID) {
        switch damage {
        case .rot(let position):
            replicas[chunk]?.rot(at: position)
            for index in undo.indices where undo[index].chunk == chunk {
                undo[index].before?.rot(at: position)
            }
        case .loss:
            set(chunk, to: nil)
            for index in undo.indices where undo[index].chunk == chunk { undo[index].before = nil }
        }
    }
}

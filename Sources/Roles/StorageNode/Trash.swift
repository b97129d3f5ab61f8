import Cryptography
import DequeModule
import Primitives

/// What a node was told to delete and keeps for a while, so that a mistaken deletion can be undone.
struct Trash: Sendable {
    private var chunks: [ChunkID: StoredChunk] = [:]
    /// Oldest first. Names also what was taken out since.
    private var order: Deque<(chunk: ChunkID, since: Instant)> = []
    private(set) var byteCount = 0

    var count: Int { chunks.count }

    subscript(chunk: ChunkID) -> StoredChunk? { chunks[chunk] }

    mutating func insert(_ stored: StoredChunk, since: Instant) {
        remove(stored.chunk)
        var stored = stored
        stored.trashed = since
        chunks[stored.chunk] = stored
        order.append((stored.chunk, since))
        byteCount += stored.byteCount
    }

    @discardableResult
    mutating func remove(_ chunk: ChunkID) -> StoredChunk? {
        guard let stored = chunks.removeValue(forKey: chunk) else { return nil }
        byteCount -= stored.byteCount
        return stored
    }

    /// What was deleted since then, oldest first.
    func chunks(since: Instant) -> [ChunkID] {
        order.lazy.filter { $0.since >= since && self.chunks[$0.chunk]?.trashed == $0.since }
            .map(\.chunk)
    }

    /// Takes out the chunk that has been here longest, if that is since before some time.
    mutating func removeOldest(before: Instant = Instant(nanoseconds: .max)) -> StoredChunk? {
        while let (chunk, since) = order.first {
            let stored = chunks[chunk]
            guard stored == nil || stored?.trashed != since || since < before else { return nil }
            order.removeFirst()
            if stored?.trashed == since { return remove(chunk) }
        }
        return nil
    }
}

/// Deleting for a while, and for good.
extension StorageNode {
    /// Bytes of what was deleted and is still here.
    package var trashByteCount: Int { trash.byteCount }
    package var trashCount: Int { trash.count }

    /// Counts a replica no longer, and keeps its bytes for a while.
    mutating func setAside(_ stored: StoredChunk, at now: Instant, effects: inout Effects) {
        guard settings.trashLifetime > .zero else { return discard(stored, effects: &effects) }
        // Disks note it in seconds.
        let since = Instant.origin + .seconds(Int64((now - .origin).seconds))
        forget(stored)
        trash.insert(stored, since: since)
        effects.disk.append(.setTrashed(stored.chunk, since: since))
        if let sync = disk.deleted() { effects.disk.append(.sync(token: sync)) }
    }

    /// A backend wants back what it had deleted: it is read before anything is said of it.
    mutating func restore(
        _ request: RestoreRequest, from backend: PeerID, call: CallID, effects: inout Effects
    ) -> RestoreOutcome? {
        guard backends.contains(backend) else { return .refused }
        if let held = index[request.chunk] { return held.owner == backend ? .restored : .notHeld }
        guard let stored = trash[request.chunk], stored.owner == backend,
            !isWriting(request.chunk)
        else { return .notHeld }
        let token = disk.begin(.init(stored: stored, answer: (backend, call), isOfTrash: true))
        effects.disk.append(.read(token: token, stored.chunk))
        return nil
    }

    /// What is to come back was read. That it cannot be read now says nothing of it.
    mutating func finishRestore(
        _ read: DiskOperations.Read, _ outcome: ReadOutcome, effects: inout Effects
    ) {
        var stored = read.stored
        let answer =
            read.answer.map { WriteAnswer.restore(stored.chunk, to: $0, call: $1) } ?? .nobody
        guard trash[stored.chunk] == stored, !isWriting(stored.chunk) else {
            return goOnUndeleting(after: answer, effects: &effects)
        }
        switch outcome {
        case .unavailable: return goOnUndeleting(after: answer, effects: &effects)
        case .bytes(let payload) where SHA256.hash(payload.bytes) == stored.chunk.hash: break
        case .bytes, .damaged:
            trash.remove(stored.chunk)
            reclaim(stored.chunk, effects: &effects)
            return reply(answer, .mismatched, effects: &effects)
        }
        effects.mark(.trashRestored)
        trash.remove(stored.chunk)
        stored.trashed = nil
        reservedBytes += stored.byteCount
        effects.disk.append(.setTrashed(stored.chunk, since: nil))
        if let sync = disk.restored(.init(stored: stored, answer: answer)) {
            effects.disk.append(.sync(token: sync))
        }
    }

    /// An operator wants back what was deleted since then, whoever had it deleted. What no ledger names is
    /// deleted again, after the orphan grace.
    mutating func undelete(since: Instant, effects: inout Effects) {
        let isUnderWay = !undeleting.isEmpty
        undeleting = trash.chunks(since: since).reversed()
        if !isUnderWay { undeleteNext(effects: &effects) }
    }

    /// One after the other.
    mutating func undeleteNext(effects: inout Effects) {
        while let chunk = undeleting.popLast() {
            guard let stored = trash[chunk], !isWriting(chunk) else { continue }
            let token = disk.begin(.init(stored: stored, answer: nil, isOfTrash: true))
            return effects.disk.append(.read(token: token, chunk))
        }
    }

    private mutating func goOnUndeleting(after answer: WriteAnswer, effects: inout Effects) {
        if case .nobody = answer { undeleteNext(effects: &effects) }
    }

    /// Deletes for good what has been trash for long enough.
    mutating func emptyTrash(at now: Instant, effects: inout Effects) {
        guard trash.count > 0 else { return }
        while let stored = trash.removeOldest(before: now - settings.trashLifetime) {
            reclaim(stored.chunk, effects: &effects)
        }
    }

    /// Deletes trash for good, oldest first, until what is counted and written has room.
    mutating func makeRoom(effects: inout Effects) {
        let needed = usedBytes + reservedBytes + trash.byteCount
        giveTrash(forBytes: needed - Int(clamping: identity.capacityBytes), effects: &effects)
    }

    /// Deletes so many bytes of trash for good, oldest first, as far as there are.
    mutating func giveTrash(forBytes byteCount: Int, effects: inout Effects) {
        let wanted = trash.byteCount - byteCount
        while trash.byteCount > max(wanted, 0), byteCount > 0, let stored = trash.removeOldest() {
            effects.mark(.trashGaveWay)
            reclaim(stored.chunk, effects: &effects)
        }
    }

    /// Deletes the bytes of a chunk that is not counted. One that is written anew goes by that.
    mutating func reclaim(_ chunk: ChunkID, effects: inout Effects) {
        guard !isWriting(chunk) else { return }
        effects.disk.append(.delete(chunk))
        if let sync = disk.deleted() { effects.disk.append(.sync(token: sync)) }
    }
}

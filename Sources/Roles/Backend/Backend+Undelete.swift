package import Ledger
import Merkle
package import Primitives

/// What was deleted lately, and where its chunks are trash. Rebuilt from the ledger at a start.
struct Removals: Sendable {
    /// A file that its owner deleted.
    struct File: Sendable {
        var record: FileRecord
        var since: Instant
    }

    /// A chunk that was let go.
    struct Chunk: Sendable {
        var byteCount: Int
        /// The members that held it.
        var holders: [Int]
        var since: Instant
        /// The members that are to delete it, or were asked to and have not answered.
        var deleting: [Int]
    }

    private(set) var files: [FileID: File] = [:]
    private(set) var chunks: [ChunkID: Chunk] = [:]

    mutating func add(_ record: FileRecord, since: Instant) {
        files[record.file] = File(record: record, since: since)
    }

    /// `isAsked`: its holders were asked to delete it, or will never be.
    mutating func add(_ id: ChunkID, _ chunk: PlacedChunk, since: Instant, isAsked: Bool) {
        let holders = chunk.holders.map(\.member)
        chunks[id] = Chunk(
            byteCount: chunk.byteCount, holders: holders, since: since,
            deleting: isAsked ? [] : holders)
    }

    mutating func deletes(_ id: ChunkID, on member: Int) { chunks[id]?.deleting.append(member) }

    mutating func deleted(_ id: ChunkID, on member: Int) {
        chunks[id]?.deleting.removeAll { $0 == member }
    }

    mutating func remove(_ file: FileID) { files[file] = nil }

    @discardableResult
    mutating func remove(_ id: ChunkID) -> Chunk? { chunks.removeValue(forKey: id) }

    /// Forgets what is trash no longer.
    mutating func forget(before: Instant) {
        files = files.filter { $0.value.since >= before }
        chunks = chunks.filter { $0.value.since >= before }
    }
}

/// A deleted file on its way back.
struct Undeletion: Sendable {
    let record: FileRecord
    let chunks: [ChunkID]
    let user: PeerID
    let call: CallID
    /// Who has it back, by chunk.
    var holders: [ChunkID: [Int]]
    /// What is asked for next: a chunk of those, and one of those who held it.
    var next = (chunk: 0, holder: 0)
    var underWay = 0
    /// Somebody did not answer.
    var isUncertain = false
}

/// Bringing deleted files back: nodes are asked for their trash, and once each chunk is somewhere, the file
/// is committed again. What is missing then is made good by repair.
extension Backend {
    /// Files that come back at once, and chunks that one of them asks for at once.
    private static let undeletionLimit = 16
    private static let restoresLimit = 64

    mutating func undeleteFile(
        _ request: UndeleteFileRequest, from user: PeerID, call: CallID, at now: Instant,
        effects: inout Effects
    ) -> UndeleteFileOutcome? {
        if ownFile(request.file, of: user) != nil { return .undeleted }
        guard let removed = removals.files[request.file], removed.record.owner == ownerTag(user)
        else { return .notFound }
        guard MerkleTree.root(ofChunks: request.chunks) == removed.record.root else {
            return .mismatched
        }
        guard undeletions.count < Self.undeletionLimit, now >= comparisonsBegin,
            !undeletions.values.contains(where: { $0.record.file == request.file })
        else { return .unavailable }
        for id in request.chunks {
            guard let chunk = removals.chunks[id] else { return .gone }
            guard chunk.deleting.isEmpty, chunks[id] == nil else { return .unavailable }
        }
        lastOperation += 1
        undeletions[lastOperation] = Undeletion(
            record: removed.record, chunks: request.chunks, user: user, call: call,
            holders: Dictionary(request.chunks.map { ($0, []) }) { first, _ in first })
        askForTrash(lastOperation, at: now, effects: &effects)
        return nil
    }

    /// Whether a chunk that nothing refers to is on its way back.
    func isComingBack(_ id: ChunkID) -> Bool {
        undeletions.values.contains { $0.holders[id] != nil }
    }

    private mutating func askForTrash(
        _ operation: UInt64, at now: Instant, effects: inout Effects
    ) {
        guard var undeletion = undeletions[operation] else { return }
        while undeletion.underWay < Self.restoresLimit,
            undeletion.next.chunk < undeletion.chunks.count
        {
            let id = undeletion.chunks[undeletion.next.chunk]
            let holders = removals.chunks[id]?.holders ?? []
            guard undeletion.next.holder < holders.count else {
                undeletion.next = (undeletion.next.chunk + 1, 0)
                continue
            }
            let member = holders[undeletion.next.holder]
            undeletion.next.holder += 1
            guard members[member].standing.isReachable else {
                undeletion.isUncertain = true
                continue
            }
            undeletion.underWay += 1
            calls.ask(
                .node(.restore(RestoreRequest(chunk: id))), of: members[member].peer,
                for: .restore(operation, id, member: member), timeout: settings.requestTimeout,
                effects: &effects)
        }
        undeletions[operation] = undeletion
        if undeletion.underWay == 0 { conclude(undeletion, operation, at: now, effects: &effects) }
    }

    /// A node answered, or did not.
    mutating func restoreAnswered(
        _ operation: UInt64, _ id: ChunkID, _ member: Int, _ outcome: RestoreOutcome?,
        at now: Instant, effects: inout Effects
    ) {
        guard undeletions[operation] != nil else { return }
        undeletions[operation]?.underWay -= 1
        if outcome == .restored { undeletions[operation]?.holders[id]?.append(member) }
        if outcome == nil { undeletions[operation]?.isUncertain = true }
        askForTrash(operation, at: now, effects: &effects)
    }

    private mutating func conclude(
        _ undeletion: Undeletion, _ operation: UInt64, at now: Instant, effects: inout Effects
    ) {
        undeletions[operation] = nil
        let file = undeletion.record.file
        let isWhole = undeletion.chunks.allSatisfy {
            undeletion.holders[$0]?.isEmpty == false && chunks[$0] == nil
        }
        guard isWhole, removals.files[file] != nil else {
            let outcome = undeletion.isUncertain ? UndeleteFileOutcome.unavailable : .gone
            return effects.answer(
                .file(.undelete(outcome)), to: undeletion.user, call: undeletion.call)
        }
        removals.remove(file)
        remember(undeletion.record, since: now)
        journal.add(.file(undeletion.record))
        for id in undeletion.chunks {
            guard let removed = removals.remove(id) else { continue }
            released.remove(id.hash.prefix)
            chunks[id] = PlacedChunk(
                byteCount: removed.byteCount, state: .committed(PlacedChunk.Commitment()))
            for member in undeletion.holders[id] ?? [] { addHolder(member, to: id, at: now) }
            reconcile(id, at: now, effects: &effects)
        }
        journal.whenDurable(
            .answer(.file(.undelete(.undeleted)), to: undeletion.user, call: undeletion.call))
        writeBlock(at: now, effects: &effects)
    }

    /// A user's files that were deleted lately, and when, newest first.
    package func removedFiles(of user: PeerID) -> [(record: FileRecord, since: Instant)] {
        let tag = ownerTag(user)
        return removals.files.values.filter { $0.record.owner == tag }
            .sorted { ($1.since, $0.record.file) < ($0.since, $1.record.file) }
            .map { (record: $0.record, since: $0.since) }
    }
}

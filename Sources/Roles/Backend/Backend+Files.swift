import Ledger
import Merkle
import Primitives

/// Files as the ledger knows them: committing, looking up, deleting. Each checks that the asker is
/// the owner; to anybody else a file does not exist.
extension Backend {
    mutating func commitFile(
        _ request: CommitRequest, from user: PeerID, call: CallID, at now: Instant,
        effects: inout Effects
    ) -> CommitOutcome? {
        guard request.isOfPlausibleSize else { return .implausible }
        let record = FileRecord(
            owner: ownerTag(user), file: request.file,
            root: MerkleTree.root(ofChunks: request.chunks),
            chunkCount: UInt32(clamping: request.chunks.count),
            sealedManifest: request.sealedManifest, wrappedKey: request.wrappedKey)
        if let old = files[request.file] {
            guard old == record else { return .conflict }
            // A second try of the same commit: answered when the first is durable.
            effects.mark(.commitAgain)
            journal.whenDurable(.answer(.file(.commit(.committed)), to: user, call: call))
            writeBlock(at: now, effects: &effects)
            return nil
        }
        if let refusal = refusal(of: request, by: user) {
            if case .unknownChunks = refusal { effects.mark(.commitLackedChunks) }
            return refusal
        }
        remember(record, since: now)
        journal.add(.file(record))
        for id in request.chunks { commitChunk(id) }
        journal.whenDurable(.answer(.file(.commit(.committed)), to: user, call: call))
        writeBlock(at: now, effects: &effects)
        for id in request.chunks { reconcile(id, at: now, effects: &effects) }
        return nil
    }

    private func refusal(of request: CommitRequest, by user: PeerID) -> CommitOutcome? {
        guard !request.chunks.isEmpty, Set(request.chunks).count == request.chunks.count else {
            return .conflict
        }
        var unknown: [UInt32] = []
        for (index, id) in request.chunks.enumerated() {
            guard let chunk = chunks[id] else {
                unknown.append(UInt32(index))
                continue
            }
            guard chunk.isStaged(by: user) else { return .conflict }
            // Nodes may have left or died since the chunk was put.
            if redundancy(of: chunk) < settings.writeQuorum { unknown.append(UInt32(index)) }
        }
        return unknown.isEmpty ? nil : .unknownChunks(unknown)
    }

    mutating func remember(_ record: FileRecord, since: Instant) {
        files[record.file] = record
        filesByOwner[record.owner, default: [:]][record.file] = since
    }

    mutating func forget(_ file: FileID, at now: Instant) {
        guard let record = files.removeValue(forKey: file) else { return }
        removals.add(record, since: now)
        filesByOwner[record.owner]?[file] = nil
    }

    private mutating func commitChunk(_ id: ChunkID) {
        unstage(by: chunks[id]?.hold?.user)
        chunks[id]?.state = .committed(PlacedChunk.Commitment())
        for holder in chunks[id]?.holders ?? [] { members[holder.member].expected.insert(id) }
        markDirty(id)
    }

    /// The file's record, if it is this user's.
    func ownFile(_ file: FileID, of user: PeerID) -> FileRecord? {
        guard let record = files[file], record.owner == ownerTag(user) else { return nil }
        return record
    }

    mutating func deleteFile(
        _ request: DeleteFileRequest, from user: PeerID, call: CallID, at now: Instant,
        effects: inout Effects
    ) -> DeleteFileOutcome? {
        guard let record = ownFile(request.file, of: user) else {
            guard journal.inFlight != nil else { return .notFound }
            // It may be another try of a deletion that is not durable yet.
            effects.mark(.fileDeletionAgain)
            journal.whenDurable(.answer(.file(.delete(.notFound)), to: user, call: call))
            writeBlock(at: now, effects: &effects)
            return nil
        }
        guard MerkleTree.root(ofChunks: request.chunks) == record.root else { return .mismatched }
        forget(request.file, at: now)
        journal.add(.fileRemoval(FileRemoval(owner: record.owner, file: record.file)))
        for id in request.chunks { release(id, at: now) }
        journal.whenDurable(.answer(.file(.delete(.deleted)), to: user, call: call))
        writeBlock(at: now, effects: &effects)
        return nil
    }

    /// Nothing refers to a chunk any more: its replicas go once the ledger says so.
    private mutating func release(_ id: ChunkID, at now: Instant) {
        guard let chunk = chunks.removeValue(forKey: id) else { return }
        removals.add(id, chunk, since: now, isAsked: false)
        released.insert(id.hash.prefix)
        journal.add(.placement(.released(id, size: UInt32(chunk.byteCount))))
        for holder in chunk.holders {
            members[holder.member].expected.remove(id)
            journal.whenDurable(.delete(id, member: holder.member))
        }
    }
}

import Cryptography
import Primitives

/// Storing, copying and deleting.
extension StorageNode {
    mutating func store(
        _ request: StoreRequest, from backend: PeerID, call: CallID, effects: inout Effects
    ) -> StoreOutcome? {
        guard phase == .serving, backends.contains(backend) else { return .refused }
        let stored = StoredChunk(
            chunk: request.chunk, byteCount: request.payload.byteCount, owner: backend,
            stamp: request.stamp)
        write(
            stored, request.payload,
            answer: .store(request.chunk, to: backend, call: call), effects: &effects)
        return nil
    }

    mutating func copy(
        _ request: CopyRequest, from backend: PeerID, call: CallID, effects: inout Effects
    ) -> CopyOutcome? {
        let stored = StoredChunk(
            chunk: request.chunk, byteCount: request.byteCount, owner: backend,
            stamp: request.stamp)
        guard phase == .serving, backends.contains(backend),
            ProtocolSettings.chunkBytes ~= request.byteCount
        else { return .refused }
        guard copiesUnderWay < settings.copiesPerNode else {
            effects.mark(.copyWasTooMany)
            return .busy
        }
        guard hasRoom(for: stored) else {
            effects.mark(.copyHadNoRoom)
            return .full
        }
        copiesUnderWay += 1
        let copy = NodeCopy(stored: stored, backend: backend, call: call)
        fetch(
            for: copy, from: request.source, showing: request.capability, effects: &effects)
        return nil
    }

    /// The source answered a fetch.
    mutating func finishFetch(
        _ answer: RetrieveAnswer, from source: PeerID, call: CallID, effects: inout Effects
    ) {
        guard let copy = calls.close(call, from: source) else {
            return effects.mark(.fetchCameLate)
        }
        switch answer {
        case .found(let payload):
            write(copy.stored, payload, answer: .copy(copy), effects: &effects)
        case .missing: finishCopy(copy, .sourceMissing, effects: &effects)
        // The capability ran out, the source is not told of the backend, or its disk cannot be read
        // now: that says nothing of what it holds.
        case .refused, .unavailable:
            effects.mark(.fetchUnanswered)
            finishCopy(copy, .sourceSilent, effects: &effects)
        }
    }

    mutating func finishCopy(
        _ copy: NodeCopy, _ outcome: CopyOutcome?, effects: inout Effects
    ) {
        copiesUnderWay -= 1
        guard let outcome else { return }
        effects.answer(
            .node(.copy(CopyAnswer(chunk: copy.stored.chunk, outcome: outcome))), to: copy.backend,
            call: copy.call)
    }

    /// Only the backend that stored a chunk may delete it, and only what it stored before it asked.
    /// Its bytes stay for a while.
    mutating func delete(
        _ request: DeleteRequest, from backend: PeerID, at now: Instant, effects: inout Effects
    ) -> DeleteOutcome {
        guard let stored = index[request.chunk] else { return .notHeld }
        guard stored.owner == backend, let slot = backends.firstIndex(of: backend) else {
            return .refused
        }
        guard ledgers[slot].admit(request.head) else {
            effects.mark(.deletionFromBehind)
            return .behind
        }
        guard now < request.expires else {
            effects.mark(.deletionExpired)
            return .refused
        }
        guard stored.stamp < request.stamp else {
            effects.mark(.deletionOfNewer)
            return .newer
        }
        // Deleting while a write is under way would take the new bytes along. Should they be
        // unwanted too, the backend's next comparison finds them.
        guard disk.stampBeingWritten(of: request.chunk) == nil else {
            effects.mark(.deletionMetWrite)
            return .newer
        }
        setAside(stored, at: now, effects: &effects)
        return .deleted
    }

    // MARK: Writing

    private func hasRoom(for stored: StoredChunk) -> Bool {
        let held = index[stored.chunk]?.byteCount ?? 0
        return usedBytes - held + reservedBytes + stored.byteCount
            <= Int(clamping: identity.capacityBytes)
    }

    mutating func write(
        _ stored: StoredChunk, _ payload: Payload, answer: WriteAnswer, effects: inout Effects
    ) {
        guard ProtocolSettings.chunkBytes ~= payload.byteCount,
            payload.byteCount == stored.byteCount, SHA256.hash(payload.bytes) == stored.chunk.hash
        else {
            reply(answer, .mismatched, effects: &effects)
            return
        }
        if let held = index[stored.chunk] {
            guard held.owner == stored.owner else {
                reply(answer, .refused, effects: &effects)
                return
            }
            // A late duplicate must not make the replica look older than it is.
            guard held.stamp < stored.stamp else {
                effects.mark(.storeWasOld)
                reply(answer, .stored, effects: &effects)
                return
            }
        }
        if let stamp = disk.stampBeingWritten(of: stored.chunk) {
            effects.mark(.storeMetWrite)
            // The same request again is answered once, when the first is durable.
            reply(answer, stamp == stored.stamp ? nil : .busy, effects: &effects)
            return
        }
        guard hasRoom(for: stored) else {
            reply(answer, .full, effects: &effects)
            return
        }
        reservedBytes += stored.byteCount
        makeRoom(effects: &effects)
        let token = disk.begin(.init(stored: stored, answer: answer))
        effects.disk.append(.write(token: token, stored, payload))
    }

    mutating func finishWrite(_ token: UInt64, _ outcome: DiskOutcome, effects: inout Effects) {
        guard outcome == .written else {
            effects.mark(.diskRefusedWrite)
            guard let write = disk.abandon(token) else { return }
            reservedBytes -= write.stored.byteCount
            if outcome == .full { giveTrash(forBytes: write.stored.byteCount, effects: &effects) }
            reply(write.answer, outcome == .full ? .full : .busy, effects: &effects)
            return
        }
        if let sync = disk.written(token) { effects.disk.append(.sync(token: sync)) }
    }

    /// Everything written before the sync began is durable now: count it and say so.
    mutating func finishSync(effects: inout Effects) {
        let (durable, next) = disk.synced()
        for write in durable {
            reservedBytes -= write.stored.byteCount
            add(write.stored)
            reply(write.answer, .stored, effects: &effects)
        }
        if let next { effects.disk.append(.sync(token: next)) }
    }

    /// Ends a store or a copy; says nothing for nil.
    mutating func reply(
        _ answer: WriteAnswer, _ outcome: StoreOutcome?, effects: inout Effects
    ) {
        switch answer {
        case .store(let chunk, let backend, let call):
            guard let outcome else { return }
            effects.answer(
                .node(.store(StoreAnswer(chunk: chunk, outcome: outcome))), to: backend, call: call)
        case .copy(let copy):
            let copied: CopyOutcome? =
                switch outcome {
                case .stored: .copied
                case .full: .full
                case .mismatched: .sourceMissing
                case .refused: .refused
                case .busy: .busy
                case nil: nil
                }
            finishCopy(copy, copied, effects: &effects)
        case .restore(let chunk, let backend, let call):
            let restored: RestoreOutcome = outcome == .stored ? .restored : .notHeld
            effects.answer(
                .node(.restore(RestoreAnswer(chunk: chunk, outcome: restored))), to: backend,
                call: call)
        case .keep(let backend, let call):
            replyKept(to: backend, call: call, outcome, effects: &effects)
        case .nobody: undeleteNext(effects: &effects)
        }
    }
}

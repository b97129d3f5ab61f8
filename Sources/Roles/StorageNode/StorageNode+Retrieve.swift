import Cryptography
import Merkle
import Primitives

/// Serving and scrubbing: both read a replica and check that its bytes still have its name. And asking
/// another node for what is to be copied.
extension StorageNode {
    mutating func retrieve(
        _ request: RetrieveRequest, from asker: PeerID, call: CallID, at now: Instant,
        effects: inout Effects
    ) -> RetrieveAnswer? {
        guard permits(request, from: asker, at: now) else { return .refused }
        // A backend sees its own chunks and gives leave for those alone; of others' not even that they
        // are here.
        guard let stored = index[request.chunk],
            stored.owner == request.capability?.issuer ?? asker
        else { return .missing }
        let token = disk.begin(.init(stored: stored, answer: (asker, call)))
        effects.disk.append(.read(token: token, stored.chunk))
        return nil
    }

    /// A backend may ask; anybody else needs a capability for this chunk, in their own name, from a
    /// backend, that has not expired. Whether the chunk is that backend's is seen where it is looked up.
    private func permits(_ request: RetrieveRequest, from asker: PeerID, at now: Instant) -> Bool {
        guard let capability = request.capability else { return backends.contains(asker) }
        return backends.contains(capability.issuer) && capability.bearer == asker
            && capability.chunk == request.chunk && now < capability.expires
    }

    /// A backend asks for proof that a chunk of its own is here.
    mutating func audit(
        _ request: AuditRequest, from asker: PeerID, call: CallID, effects: inout Effects
    ) -> AuditOutcome? {
        guard backends.contains(asker) else { return .refused }
        guard let stored = index[request.chunk], stored.owner == asker else { return .missing }
        let token = disk.begin(
            .init(stored: stored, answer: (asker, call), nonce: request.nonce))
        effects.disk.append(.read(token: token, stored.chunk))
        return nil
    }

    mutating func finishRead(
        _ token: UInt64, _ outcome: ReadOutcome, at now: Instant, effects: inout Effects
    ) {
        guard let read = disk.finishRead(token) else { return }
        guard !read.isOfTrash else { return finishRestore(read, outcome, effects: &effects) }
        let chunk = read.stored.chunk
        switch outcome {
        case .bytes(let payload) where SHA256.hash(payload.bytes) == chunk.hash:
            answer(read, .found(payload), at: now, effects: &effects)
        case .unavailable: answer(read, .unavailable, at: now, effects: &effects)
        case .bytes, .damaged:
            answer(read, .missing, at: now, effects: &effects)
            // Deleted or stored anew while it was read: what was wrong is gone, and what is on the
            // disk now is not what was read.
            guard index[chunk] == read.stored, disk.stampBeingWritten(of: chunk) == nil else {
                return effects.mark(.damageOutdated)
            }
            effects.mark(.damageDiscarded)
            discard(read.stored, effects: &effects)
            // A ledger's backend finds at the next block that one is missing.
            guard backends.contains(read.stored.owner) else { return }
            effects.tell(.backend(.damaged(DamageReport(chunk: chunk))), to: read.stored.owner)
        }
    }

    /// Tells whoever waits for a read what came of it.
    private func answer(
        _ read: DiskOperations.Read, _ answer: RetrieveAnswer, at now: Instant,
        effects: inout Effects
    ) {
        guard let (asker, call) = read.answer else { return }
        if read.isOfLedger {
            guard let slot = backends.firstIndex(of: asker) else { return }
            let block: Payload? = if case .found(let block) = answer { block } else { nil }
            return effects.answer(
                .node(.fetchBlock(.known(known(of: slot, block)))), to: asker, call: call)
        }
        guard let nonce = read.nonce else {
            effects.answer(.node(.retrieve(answer)), to: asker, call: call)
            return
        }
        let audit = AuditRequest(chunk: read.stored.chunk, nonce: nonce)
        let outcome: AuditOutcome =
            switch answer {
            case .found(let payload): .proven(audit.proof(of: payload.bytes))
            case .missing: .missing
            case .refused: .refused
            case .unavailable: .unavailable
            }
        effects.answer(
            .node(.audit(AuditAnswer(chunk: audit.chunk, outcome: outcome, time: now))), to: asker,
            call: call)
    }

    /// Asks the source of a copy for the chunk.
    mutating func fetch(
        for copy: NodeCopy, from source: PeerID, showing capability: Capability,
        effects: inout Effects
    ) {
        let request = RetrieveRequest(chunk: copy.stored.chunk, capability: capability)
        calls.ask(
            .node(.retrieve(request)), of: source, for: copy,
            timeout: settings.timeout(forBytes: copy.stored.byteCount), effects: &effects)
    }

    /// The pause between two scrubbed chunks that spreads all of them over the interval.
    var scrubPause: Duration { settings.scrubInterval / max(index.count, 24) }

    mutating func scrub(random: inout RandomSource, effects: inout Effects) {
        guard isServing else { return }
        if let chunk = nextToScrub(), let stored = index[chunk] {
            scrubCursor = chunk
            let token = disk.begin(.init(stored: stored, answer: nil))
            effects.disk.append(.read(token: token, chunk))
        }
        effects.schedule(Timer(.scrub), after: random.jittered(scrubPause, by: 0.5))
    }

    /// The least id behind the cursor over all inventories; the least of all after the last.
    private func nextToScrub() -> ChunkID? {
        next(after: scrubCursor) ?? (scrubCursor == nil ? nil : next(after: nil))
    }

    private func next(after cursor: ChunkID?) -> ChunkID? {
        (inventories + ledgers.map(\.inventory)).compactMap { $0.next(after: cursor) }.min()
    }
}

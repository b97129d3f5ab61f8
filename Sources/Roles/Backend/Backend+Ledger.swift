import Cryptography
import Ledger
import Merkle
import Primitives

/// Writing the ledger, and rebuilding everything from it.
extension Backend {
    /// Writes what has gathered as one block, or does at once what waited for nothing.
    mutating func writeBlock(at now: Instant, effects: inout Effects) {
        guard !keepers.isBehind else { return }
        guard journal.inFlight == nil else {
            journal.isUrgent = true
            return
        }
        guard !journal.isEmpty else {
            perform(journal.takeActions(), at: now, effects: &effects)
            return
        }
        let (records, room) = journal.takeRecords()
        let placements = dirtyPlacements(filling: room)
        effects.disk.append(.append(journal.startBlock(records + placements, at: now)))
        effects.disk.append(.sync(token: 0))
    }

    /// Where chunks are whose placement changed, as many as fill so many bytes.
    private mutating func dirtyPlacements(filling room: Int) -> [Record] {
        let count = room / PlacementRecord.byteCount(nodes: settings.replicas)
        let ids = journal.dirty.prefix(count)
        journal.dirty.removeFirst(ids.count)
        return ids.compactMap { id in
            // Released meanwhile: its last record was added then.
            guard let chunk = chunks[id] else { return nil }
            chunks[id]?.commitment?.isDirty = false
            // Nobody is known to hold it. A record of no nodes would release it; the last one stands
            // instead, so that a replica that turns up is still wanted after a restart.
            guard chunk.isCommitted, !chunk.holders.isEmpty else { return nil }
            return .placement(
                PlacementRecord(
                    chunk: id, size: UInt32(chunk.byteCount),
                    nodes: chunk.holders.map { members[$0.member].peer }.sorted()))
        }
    }

    mutating func finishBlock(at now: Instant, effects: inout Effects) {
        guard let block = journal.finishBlock() else { return }
        effects.note(.blockWritten(records: block.recordCount, byteCount: block.byteCount))
        keep(block, at: now, effects: &effects)
        if journal.isUrgent { writeBlock(at: now, effects: &effects) }
    }

    mutating func perform(
        _ actions: [Journal.Action], at now: Instant, effects: inout Effects
    ) {
        for action in actions {
            switch action {
            case .answer(let answer, let peer, let call):
                effects.answer(answer, to: peer, call: call)
            case .delete(let id, let member):
                if chunks[id]?.commitment?.isDirty == true {
                    // Its placement changed again since the block was made, so that what is durable
                    // now may still count on the replica.
                    effects.mark(.deletionWaited)
                    journal.whenDurable(action)
                } else {
                    deleteReplica(id, on: member, at: now, effects: &effects)
                }
            }
        }
    }

    /// Writes records that nobody waits for once they have gathered for the ledger interval.
    mutating func writeGathered(at now: Instant, effects: inout Effects) {
        guard !journal.isIdle else {
            journal.waitingSince = nil
            return
        }
        let since = journal.waitingSince ?? now
        journal.waitingSince = since
        if now - since >= settings.ledgerInterval { writeBlock(at: now, effects: &effects) }
    }

    // MARK: Recovery

    /// Rebuilds files, placements and members from the blocks that the disk kept.
    mutating func recover(
        _ encodedBlocks: [[UInt8]], at now: Instant, random: inout RandomSource,
        effects: inout Effects
    ) {
        var verifier = LedgerVerifier(writer: signingKey.publicKey, signatures: .tipOnly)
        do {
            for encoded in encodedBlocks {
                replay(try verifier.check(encoded: encoded), at: now)
            }
            _ = try verifier.finish()
        } catch {
            return effects.note(.ledgerRefused(error))
        }
        search = LedgerSearch(
            verifier: verifier, pause: random.upTo(settings.peersInterval), since: now)
        searchLedger(at: now, effects: &effects)
    }

    mutating func replay(_ block: Block, at now: Instant) {
        for record in block.records { replay(record, writtenAt: block.header.time, at: now) }
        lastStamp = max(lastStamp, block.header.time)
    }

    private mutating func replay(_ record: Record, writtenAt: Instant, at now: Instant) {
        switch record {
        case .file(let file): remember(file, since: writtenAt)
        case .account(let account): remember(account)
        case .fileRemoval(let removal): forget(removal.file, at: writtenAt)
        case .placement(let placement): replay(placement, writtenAt: writtenAt, at: now)
        case .membership(let membership): replay(membership, writtenAt: writtenAt, at: now)
        }
    }

    private mutating func replay(
        _ placement: PlacementRecord, writtenAt: Instant, at now: Instant
    ) {
        let before = chunks.removeValue(forKey: placement.chunk)
        for holder in before?.holders ?? [] {
            members[holder.member].expected.remove(placement.chunk)
        }
        guard !placement.nodes.isEmpty else {
            released.insert(placement.chunk.hash.prefix)
            if let before {
                removals.add(placement.chunk, before, since: writtenAt, isAsked: true)
            }
            return
        }
        released.remove(placement.chunk.hash.prefix)
        removals.remove(placement.chunk)
        var chunk = PlacedChunk(
            byteCount: Int(placement.size), state: .committed(PlacedChunk.Commitment()))
        for peer in placement.nodes {
            guard let member = members.index(of: peer) else { continue }
            chunk.holders.append(PlacedChunk.Holder(member: member, since: now))
            members[member].expected.insert(placement.chunk)
        }
        chunks[placement.chunk] = chunk
    }

    private mutating func replay(
        _ membership: MembershipRecord, writtenAt: Instant, at now: Instant
    ) {
        if case .joined(_, let domain, let capacityBytes) = membership.event,
            members.index(of: membership.node) == nil
        {
            _ = members.add(
                membership.node, domain: domain, capacityBytes: capacityBytes, joined: writtenAt,
                at: now)
        }
        guard let index = members.index(of: membership.node) else { return }
        switch membership.event {
        case .joined: break
        case .left: members[index].standing = .left
        case .declaredDead: members[index].standing.isNow(.dead)
        case .returned: members[index].standing.isNow(.suspect)
        }
    }
}

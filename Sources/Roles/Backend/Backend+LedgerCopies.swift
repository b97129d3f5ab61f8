import Cryptography
import Ledger
import Primitives

/// Having nodes keep the ledger, so that it outlives the backend's disk.
extension Backend {
    /// The room that a node must have to be asked to keep the ledger, bytes.
    private static let keeperRoom: UInt64 = 64 << 10

    /// Keepers that must have a block before anybody is told of it: more than half of those wanted.
    private var ledgerQuorum: Int {
        settings.ledgerCopies == 0 ? 0 : settings.ledgerCopies / 2 + 1
    }

    /// A block is durable on the own disk: what waits for it is done once keepers have it too.
    mutating func keep(_ block: Journal.InFlight, at now: Instant, effects: inout Effects) {
        keepers.add(block.encoded, at: block.head.header.height)
        keepers.waiting.append(
            .init(count: block.head.blockCount, actions: block.actions, since: now))
        chooseKeepers(at: now)
        for member in keepers.members { feedKeeper(member, effects: &effects) }
        releaseKept(at: now, effects: &effects)
    }

    /// From time to time: those that were slow are asked again, others take the place of those that are
    /// gone, and what waited too long is done all the same.
    mutating func lookAfterLedgerCopies(
        at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        for member in keepers.members {
            guard members[member].standing.countsForRedundancy else {
                keepers[member] = nil
                continue
            }
            keepers[member]?.isPaused = false
            check(member, at: now, random: &random, effects: &effects)
        }
        chooseKeepers(at: now)
        for member in keepers.members { feedKeeper(member, effects: &effects) }
        releaseKept(at: now, effects: &effects)
        while let first = keepers.waiting.first, now - first.since >= settings.requestTimeout {
            effects.mark(.ledgerUnkept)
            effects.note(.ledgerUnkept(count: first.count))
            keepers.waiting.removeFirst()
            perform(first.actions, at: now, effects: &effects)
        }
    }

    /// Adds keepers while there are too few: who can take chunks, in domains of their own if
    /// possible, and rather those that have proven themselves.
    private mutating func chooseKeepers(at now: Instant) {
        while keepers.keepers.count < settings.ledgerCopies {
            let taken = keepers.members.map { members[$0].domain }
            var best: (member: Int, order: (Int, Int, UInt64))?
            for member in members.all.indices where canKeepLedger(member, at: now) {
                // The same ones after every start, as far as they are there.
                let order = (
                    taken.contains(members[member].domain) ? 1 : 0,
                    members[member].isVetted ? 0 : 1, affinity(of: member)
                )
                if best.map({ order < $0.order }) ?? true { best = (member, order) }
            }
            guard let member = best?.member else { return }
            keepers[member] = .init()
        }
    }

    private func canKeepLedger(_ member: Int, at now: Instant) -> Bool {
        members[member].standing.acceptsChunks && keepers[member] == nil
            && !keepers.isBarred(member, at: now) && members[member].room > Self.keeperRoom
            && members[member].trust.mayBeGivenMore
    }

    /// Orders nodes for this backend, as if at random (rendezvous hashing).
    private func affinity(of member: Int) -> UInt64 {
        var random = RandomSource(seed: id.raw, who: members[member].peer.raw, purpose: 0)
        return random.next()
    }

    /// Sends a keeper what it lacks.
    private mutating func feedKeeper(_ member: Int, effects: inout Effects) {
        while let keeper = keepers[member], keeper.mayBeSentMore, keeper.sent < journal.blockCount,
            members[member].standing.isReachable
        {
            keepers[member]?.sent += 1
            keepers[member]?.open += 1
            if let block = keepers.recentBlock(keeper.sent) {
                send(block, at: keeper.sent, to: member, effects: &effects)
            } else if keepers.read(keeper.sent, for: member) {
                effects.mark(.blockReadBack)
                effects.disk.append(.readBlock(height: keeper.sent))
            }
        }
    }

    private mutating func send(
        _ block: [UInt8], at height: UInt64, to member: Int, effects: inout Effects
    ) {
        let request = KeepBlockRequest(
            height: height, block: Payload(bytes: block, byteCount: block.count))
        calls.ask(
            .node(.keepBlock(request)), of: members[member].peer, for: .keepBlock(member: member),
            timeout: settings.timeout(forBytes: block.count), effects: &effects)
    }

    /// The own disk gave an old block back.
    mutating func blockRead(_ height: UInt64, _ block: [UInt8]?, effects: inout Effects) {
        for member in keepers.finishReading(height) where keepers[member] != nil {
            if let block {
                send(block, at: height, to: member, effects: &effects)
            } else {
                keepers[member]?.open -= 1
            }
        }
    }

    /// A keeper answered, or did not.
    mutating func keepAnswered(
        _ member: Int, _ answer: KeepBlockAnswer?, at now: Instant, effects: inout Effects
    ) {
        guard var keeper = keepers[member] else { return }
        keeper.open -= 1
        switch answer?.outcome {
        case .kept?, .busy?:
            keeper.count = min(answer!.count, journal.blockCount)
            keeper.isPaused = answer?.outcome == .busy
            keeper.silences = 0
            if answer!.count > journal.blockCount, journal.inFlight == nil {
                askForBlock(journal.blockCount, of: members[member].peer, effects: &effects)
            }
        case .full?, .refused?:
            effects.mark(.keeperRefused)
            return keepers.bar(member, until: now + settings.antiEntropyInterval)
        case .conflicting?:
            keepers.bar(member, until: now + settings.antiEntropyInterval)
            return askForBlock(journal.blockCount, of: members[member].peer, effects: &effects)
        case nil:
            keeper.isPaused = true
            if keeper.open == 0 { keeper.silences += 1 }
            // One that is alive and keeps nothing makes room for another.
            if keeper.silences >= Trust.placementLimit,
                members.all.indices.contains(where: { canKeepLedger($0, at: now) })
            {
                effects.mark(.keeperGivenUp)
                return keepers.bar(member, until: now + settings.deadAfter)
            }
        }
        // What was lost on the way, or by the node, is sent again; what it had need not be sent.
        if keeper.sent < keeper.count { keeper.sent = keeper.count }
        if keeper.open == 0, keeper.sent > keeper.count {
            effects.mark(.blockSentAgain)
            keeper.sent = keeper.count
        }
        keepers[member] = keeper
        feedKeeper(member, effects: &effects)
        releaseKept(at: now, effects: &effects)
    }

    // MARK: Checking

    /// From time to time a keeper is asked for one of the blocks: only its own backend could have
    /// signed one, so that nothing else proves it.
    private mutating func check(
        _ member: Int, at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        guard let keeper = keepers[member], keeper.nextCheck <= now, keeper.open == 0,
            keeper.count > 0, members[member].standing.isReachable
        else { return }
        keepers[member]?.nextCheck = now + random.jittered(settings.antiEntropyInterval, by: 0.25)
        keepers[member]?.open += 1
        let height = random.below(keeper.count)
        calls.ask(
            .node(.fetchBlock(FetchBlockRequest(height: height))), of: members[member].peer,
            for: .checkKeeper(member: member, height: height), timeout: settings.requestTimeout,
            effects: &effects)
    }

    /// A keeper showed a block, or did not. One that says what it lacks is sent that again; one that
    /// claims a block and shows none, again and again, is no keeper.
    mutating func checked(
        _ member: Int, _ height: UInt64, _ known: KnownLedger?, at now: Instant,
        effects: inout Effects
    ) {
        guard var keeper = keepers[member] else { return }
        keeper.open -= 1
        if let known { hear(known, effects: &effects) }
        if let count = known?.count, count < keeper.count {
            effects.mark(.keeperLostBlocks)
            effects.note(.ledgerCopyDamaged(on: members[member].peer, count: count))
            (keeper.count, keeper.sent) = (count, count)
        } else if isOwnBlock(known?.block, at: height) {
            keeper.unmet = 0
        } else {
            keeper.unmet += 1
            guard keeper.unmet < Trust.placementLimit else {
                effects.mark(.keeperGivenUp)
                return keepers.bar(member, until: now + settings.deadAfter)
            }
        }
        keepers[member] = keeper
        feedKeeper(member, effects: &effects)
    }

    private func isOwnBlock(_ block: Payload?, at height: UInt64) -> Bool {
        guard let block, let shown = try? Block(decoding: block.bytes) else { return false }
        return shown.header.height == height && shown.header.writer == signingKey.publicKey
            && shown.signedHeader.hasValidSignature && shown.hasSignedRecords
    }

    private mutating func releaseKept(at now: Instant, effects: inout Effects) {
        let needed = min(ledgerQuorum, keepers.keepers.count)
        perform(keepers.release(needed: needed), at: now, effects: &effects)
    }

    /// Whether a node that leaves takes no copy of the ledger along that others do not have.
    func isLedgerKept(without member: Int) -> Bool {
        guard keepers[member] != nil else { return true }
        let others = keepers.keepers.filter {
            $0.key != member && $0.value.count == journal.blockCount
        }
        return others.count >= ledgerQuorum
    }

    // MARK: Being behind

    /// Asks a node what it knows of the ledger, and for the block of a height.
    mutating func askForBlock(_ height: UInt64, of peer: PeerID, effects: inout Effects) {
        calls.ask(
            .node(.fetchBlock(FetchBlockRequest(height: height))), of: peer,
            for: .fetchBlock(peer), timeout: settings.requestTimeout, effects: &effects)
    }

    /// A node told what it knows. A head that this backend signed and does not know shows that the own
    /// ledger is older, or another: from now on nothing is written or deleted, until a start gets the
    /// rest back.
    mutating func hear(_ known: KnownLedger, effects: inout Effects) {
        guard let head = known.head, !keepers.isBehind, journal.inFlight == nil, !isOwn(head),
            head.header.writer == signingKey.publicKey, head.hasValidSignature
        else { return }
        keepers.isBehind = true
        effects.mark(.ledgerBehind)
        effects.note(.ledgerBehind(blocks: journal.blockCount, known: head.blockCount))
    }

    /// Whether a head is one of the own ledger, as far as that is in memory.
    private func isOwn(_ head: SignedHeader) -> Bool {
        guard head.blockCount <= journal.blockCount else { return false }
        guard let own = keepers.recentBlock(head.header.height) else { return true }
        return SignedHeader(ofBlock: own) == head
    }
}

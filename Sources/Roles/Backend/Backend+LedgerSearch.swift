import Ledger
import Primitives

/// Whether the network knows more of a ledger than the own disk does: asked at every start, before
/// anybody is served.
struct LedgerSearch: Sendable {
    /// The ledger as far as it is known here.
    var verifier: LedgerVerifier
    /// From its end to the first maintenance.
    let pause: Duration
    let since: Instant
    /// Who was asked in this round.
    var asked: Set<PeerID> = []
    /// Who is there, by what discoveries said, and who of them has answered.
    var alive: Set<PeerID> = []
    var answered: Set<PeerID> = []
    var discoveryAnswered = false
    /// Questions that nobody answered yet.
    var open = 0
    /// Who keeps how many blocks.
    var copies: [PeerID: UInt64] = [:]
    /// Whose copy is being fetched.
    var source: PeerID?
    /// Blocks that the own disk had not.
    var fetched = 0
    var isSyncing = false

    var blockCount: UInt64 { verifier.state.blockCount }

    /// Whether enough were heard to rely on what they do not have: of those who are there by what
    /// discoveries say, or else of those who ought to be there by the ledger.
    var heardEnough: Bool {
        let expected = discoveryAnswered ? alive : asked
        return expected.isEmpty
            ? discoveryAnswered : expected.intersection(answered).count * 2 > expected.count
    }
}

extension Backend {
    /// Asks all that are there, or ought to be, for what lies beyond the own ledger.
    mutating func searchLedger(at now: Instant, effects: inout Effects) {
        guard settings.ledgerCopies > 0 else { return beginServing(at: now, effects: &effects) }
        search?.asked = []
        search?.alive = []
        if discoveries.isEmpty { search?.discoveryAnswered = true }
        for (slot, discovery) in discoveries.enumerated() {
            search?.open += 1
            calls.ask(
                .discovery(.peers(PeersRequest(epoch: 0, since: 0))), of: discovery,
                for: .findKeepers(discovery: slot), timeout: settings.requestTimeout,
                effects: &effects)
        }
        for member in members.all where member.standing.countsForRedundancy {
            askForLedger(member.peer, effects: &effects)
        }
        goOnSearching(at: now, effects: &effects)
    }

    /// A discovery told who is there, or did not answer.
    mutating func keepersFound(_ answer: PeersAnswer?, at now: Instant, effects: inout Effects) {
        search?.open -= 1
        if answer != nil { search?.discoveryAnswered = true }
        for report in answer?.reports ?? [] where report.status == .alive {
            search?.alive.insert(report.registration.node)
            askForLedger(report.registration.node, effects: &effects)
        }
        goOnSearching(at: now, effects: &effects)
    }

    private mutating func askForLedger(_ peer: PeerID, effects: inout Effects) {
        guard search?.asked.insert(peer).inserted == true else { return }
        fetchBlock(from: peer, effects: &effects)
    }

    private mutating func fetchBlock(from peer: PeerID, effects: inout Effects) {
        guard let height = search?.blockCount else { return }
        search?.open += 1
        askForBlock(height, of: peer, effects: &effects)
    }

    /// A node told what it keeps, or did not answer. Only blocks that this backend signed, and that go on
    /// from its own, are taken.
    mutating func searched(
        _ peer: PeerID, _ known: KnownLedger?, at now: Instant, effects: inout Effects
    ) {
        search?.open -= 1
        let isSource = search?.source == peer
        if isSource { search?.source = nil }
        if let known {
            search?.answered.insert(peer)
            search?.copies[peer] = known.count
        }
        if isSource {
            if let block = known?.block?.bytes, takeBlock(block, at: now, effects: &effects) {
                search?.source = peer
                if (search?.blockCount ?? 0) < (known?.count ?? 0) {
                    return fetchBlock(from: peer, effects: &effects)
                }
                search?.source = nil
            } else {
                search?.copies[peer] = 0
            }
        }
        goOnSearching(at: now, effects: &effects)
    }

    /// False where it is not the next block.
    private mutating func takeBlock(
        _ bytes: [UInt8], at now: Instant, effects: inout Effects
    ) -> Bool {
        guard let block = try? Block(decoding: bytes), block.signedHeader.hasValidSignature,
            (try? search?.verifier.check(block)) != nil
        else { return false }
        effects.disk.append(.append(bytes))
        replay(block, at: now)
        search?.fetched += 1
        return true
    }

    /// Once all have answered: fetches from who keeps most, until nobody keeps more than stands here.
    private mutating func goOnSearching(at now: Instant, effects: inout Effects) {
        guard let search, search.open == 0, search.source == nil else { return }
        let best = search.copies.max { ($0.value, $1.key) < ($1.value, $0.key) }
        if let best, best.value > search.blockCount {
            self.search?.source = best.key
            return fetchBlock(from: best.key, effects: &effects)
        }
        // Whoever keeps it may not be there yet, or cannot be reached. One that is lost must be somewhere.
        // Where nobody was heard at all, one that knows of nothing has nothing to serve.
        let heardNobody = !search.discoveryAnswered && search.answered.isEmpty
        let waits =
            search.blockCount == 0 && (isLost || heardNobody)
            || !search.heardEnough && now - search.since < settings.deadAfter
        guard !waits else {
            effects.mark(.ledgerAwaited)
            return effects.schedule(Timer(.peers), after: settings.peersInterval)
        }
        guard search.fetched > 0 else { return beginServing(at: now, effects: &effects) }
        effects.mark(.ledgerCaughtUp)
        self.search?.isSyncing = true
        effects.disk.append(.sync(token: 0))
    }

    /// Begins to serve.
    mutating func beginServing(at now: Instant, effects: inout Effects) {
        guard let search else { return }
        self.search = nil
        do {
            journal = Journal(signingKey: signingKey, resuming: try search.verifier.finish())
        } catch {
            return effects.note(.ledgerRefused(error))
        }
        for (peer, count) in search.copies {
            guard count > 0, let member = members.index(of: peer) else { continue }
            keepers.resume(member, count: min(count, journal.blockCount))
        }
        removals.forget(before: now - settings.trashLifetime)
        isReady = true
        comparisonsBegin = now + settings.requestTimeout
        effects.note(.recovered(blocks: Int(journal.blockCount), fetched: search.fetched))
        askDiscoveries(effects: &effects)
        effects.schedule(Timer(.maintenance), after: search.pause)
    }
}

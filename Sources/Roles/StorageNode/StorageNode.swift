package import Cryptography
package import Merkle
package import Primitives

/// Stores sealed chunks for the backends that it knows, and acknowledges only what is durable.
///
/// What it holds is the truth of its disk: after a start it answers nothing until it has read its
/// index back.
package struct StorageNode: Role {
    // What each heartbeat reads stands together: a simulated network has thousands of nodes, and what is
    // not in the processor's cache takes longer to read than all else takes.
    package internal(set) var phase = Phase.recovering
    /// That of the settings.
    let heartbeatInterval: Duration
    let discoveries: [PeerID]
    /// Lease of the registration with each discovery; nil while there is none.
    var leases: [UInt32?]
    package private(set) var usedBytes = 0
    /// Bytes of writes under way.
    var reservedBytes = 0
    package let identity: NodeIdentity

    let settings: ProtocolSettings
    /// The backends that it serves; each has an inventory of its own.
    package private(set) var backends: [PeerID]
    var incarnation: UInt64 = 0
    /// What is on the disk, durably.
    package private(set) var index = ChunkIndex()
    /// The same chunks as trees, one a backend, in the order of `backends`.
    package private(set) var inventories: [InventoryTree]
    /// What it keeps of their ledgers, in the same order.
    var ledgers: [LedgerCopy]
    /// What it was told to delete, and still has.
    var trash = Trash()
    /// What its operator wants back of that.
    var undeleting: [ChunkID] = []

    /// What the discoveries' answers showed of their clocks.
    package internal(set) var clocks: [ClockReading]
    var calls: Calls<NodeCopy>
    var disk = DiskOperations()
    var copiesUnderWay = 0
    /// The chunk that the scrub read last.
    var scrubCursor: ChunkID?
    /// Backends that have not yet let a leaving node go.
    package internal(set) var leaveAwaits: [PeerID] = []
    /// Backends that are no more, as the operator says.
    var forgotten: [PeerID] = []
    /// The operator asked it to leave before it had its index.
    var isToLeave = false

    /// Successors: recovering → serving → leaving → left.
    package enum Phase: String, Sendable {
        case recovering, serving, leaving, left
    }

    package init(
        identity: NodeIdentity, settings: ProtocolSettings, discoveries: [PeerID],
        backends: [PeerID]
    ) {
        self.identity = identity
        self.settings = settings
        heartbeatInterval = settings.heartbeatInterval
        self.discoveries = discoveries
        self.backends = backends
        inventories = backends.map { _ in InventoryTree() }
        ledgers = backends.map(LedgerCopy.init)
        leases = discoveries.map { _ in nil }
        clocks = discoveries.map { _ in ClockReading() }
        var none = RandomSource(seed: 0, who: 0, purpose: 0)
        calls = Calls(random: &none)
    }

    /// Whether a write of the chunk is under way, durable perhaps but not yet known to be.
    package func isWriting(_ chunk: ChunkID) -> Bool {
        disk.stampBeingWritten(of: chunk) != nil
    }

    package var isServing: Bool { phase == .serving || phase == .leaving }

    package mutating func handle(
        _ input: Input, at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        switch input {
        case .timer(let timer): handle(timer, at: now, random: &random, effects: &effects)
        case .answer(let from, let call, let answer):
            hear(answer, from: from, call: call, at: now, effects: &effects)
        case .request(let from, let call, .node(let request)):
            guard isServing else { return }
            livesAfterAll(from)
            serve(request, from: from, call: call, at: now, effects: &effects)
        case .request: break
        case .disk(let event): handle(event, at: now, random: &random, effects: &effects)
        case .start:
            incarnation = random.next()
            calls = Calls(random: &random)
            effects.disk.append(.recoverChunks)
        case .leave: startLeaving(effects: &effects)
        case .forget(let backend): forget(backend: backend, effects: &effects)
        case .undelete(let since): undelete(since: since, effects: &effects)
        case .backend(let backend): meet(backend)
        }
    }

    /// Serves a backend from now on. What it stored in a former run is its inventory.
    private mutating func meet(_ backend: PeerID) {
        guard !backends.contains(backend) else { return }
        backends.append(backend)
        inventories.append(InventoryTree(index.values.filter { $0.owner == backend }.map(\.chunk)))
        var ledger = LedgerCopy(of: backend)
        for block in index.values where block.owner == ledger.owner { ledger.insert(block) }
        ledgers.append(ledger)
        // What was waited for is the backend whose ledger this is.
        if let place = leaveAwaits.firstIndex(of: ledger.owner) {
            leaveAwaits.remove(at: place)
            if !leaveAwaits.contains(backend) { leaveAwaits.append(backend) }
        }
    }

    private mutating func handle(
        _ timer: Timer, at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        switch timer.kind {
        case .heartbeat: beat(effects: &effects)
        case .callTimeout:
            guard let (_, copy) = calls.expire(CallID(timer.token)) else { return }
            effects.note(.requestTimedOut)
            finishCopy(copy, .sourceSilent, effects: &effects)
        case .scrub:
            emptyTrash(at: now, effects: &effects)
            scrub(random: &random, effects: &effects)
        case .leave: askToLeave(effects: &effects)
        default: break
        }
    }

    private mutating func hear(
        _ answer: Answer, from: PeerID, call: CallID, at now: Instant, effects: inout Effects
    ) {
        switch answer {
        case .discovery(.heartbeat(let answer)):
            heard(clock: answer.time, of: from, at: now, effects: &effects)
            if !answer.isKnown {
                effects.mark(.leaseLost)
                register(with: from, effects: &effects)
            }
        case .discovery(.register(let lease)):
            if let slot = discoveries.firstIndex(of: from) { leases[slot] = lease.number }
        case .node(.retrieve(let answer)):
            finishFetch(answer, from: from, call: call, effects: &effects)
        case .backend(.leave(let answer)):
            if answer.isGranted { leaveGranted(by: from, effects: &effects) }
        // A node asks for nothing else.
        case .discovery(.peers), .node(.store), .node(.copy), .node(.delete), .node(.restore),
            .node(.inventory), .node(.audit), .node(.keepBlock), .node(.fetchBlock), .file:
            break
        }
    }

    /// What takes the disk or another node is answered later.
    private mutating func serve(
        _ request: NodeRequest, from: PeerID, call: CallID, at now: Instant,
        effects: inout Effects
    ) {
        let answer: NodeAnswer? =
            switch request {
            case .store(let request):
                store(request, from: from, call: call, effects: &effects)
                    .map { .store(StoreAnswer(chunk: request.chunk, outcome: $0)) }
            case .retrieve(let request):
                retrieve(request, from: from, call: call, at: now, effects: &effects)
                    .map(NodeAnswer.retrieve)
            case .copy(let request):
                copy(request, from: from, call: call, effects: &effects)
                    .map { .copy(CopyAnswer(chunk: request.chunk, outcome: $0)) }
            case .delete(let request):
                .delete(delete(request, from: from, at: now, effects: &effects))
            case .restore(let request):
                restore(request, from: from, call: call, effects: &effects)
                    .map { .restore(RestoreAnswer(chunk: request.chunk, outcome: $0)) }
            case .audit(let request):
                audit(request, from: from, call: call, effects: &effects)
                    .map { .audit(AuditAnswer(chunk: request.chunk, outcome: $0, time: now)) }
            case .keepBlock(let request):
                keep(request, from: from, call: call, effects: &effects)
                    .map(NodeAnswer.keepBlock)
            case .fetchBlock(let request):
                fetch(request, from: from, call: call, effects: &effects)
                    .map(NodeAnswer.fetchBlock)
            case .inventory(let request):
                if let owner = backends.firstIndex(of: from) {
                    .inventory(
                        .answered(inventories[owner].answer(request.question), time: now))
                } else {
                    .inventory(.refused)
                }
            }
        if let answer { effects.answer(.node(answer), to: from, call: call) }
    }

    private mutating func handle(
        _ event: DiskEvent, at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        switch event {
        case .recoveredChunks(let chunks):
            index.reserveCapacity(chunks.count)
            for chunk in chunks where chunk.trashed == nil { add(chunk) }
            let trashed = chunks.filter { $0.trashed != nil }
            for chunk in trashed.sorted(by: { $0.trashed! < $1.trashed! }) {
                trash.insert(chunk, since: chunk.trashed!)
            }
            phase = .serving
            beat(effects: &effects)
            effects.schedule(Timer(.scrub), after: random.upTo(scrubPause))
            if isToLeave { startLeaving(effects: &effects) }
        case .wrote(let token, let outcome):
            finishWrite(token, outcome, effects: &effects)
        case .synced: finishSync(effects: &effects)
        case .read(let token, let outcome):
            finishRead(token, outcome, at: now, effects: &effects)
        case .recoveredLog, .readBlock: break
        }
    }

    // MARK: The index

    /// Counts a durable replica.
    mutating func add(_ stored: StoredChunk) {
        trash.remove(stored.chunk)
        if let old = index.insert(stored) {
            usedBytes -= old.byteCount
            if old.owner != stored.owner { removeFromInventory(old) }
        }
        usedBytes += stored.byteCount
        if let owner = backends.firstIndex(of: stored.owner) {
            inventories[owner].insert(stored.chunk)
        } else if let slot = ledgers.firstIndex(where: { $0.owner == stored.owner }) {
            ledgers[slot].insert(stored)
        }
    }

    /// Counts a replica no longer and deletes its bytes.
    mutating func discard(_ stored: StoredChunk, effects: inout Effects) {
        forget(stored)
        reclaim(stored.chunk, effects: &effects)
    }

    /// Counts a replica no longer.
    mutating func forget(_ stored: StoredChunk) {
        index.remove(stored.chunk)
        usedBytes -= stored.byteCount
        removeFromInventory(stored)
    }

    private mutating func removeFromInventory(_ stored: StoredChunk) {
        if let owner = backends.firstIndex(of: stored.owner) {
            inventories[owner].remove(stored.chunk)
        } else if let slot = ledgers.firstIndex(where: { $0.owner == stored.owner }) {
            ledgers[slot].remove(stored)
        }
    }

    var freeBytes: UInt64 {
        UInt64(max(0, Int(clamping: identity.capacityBytes) - usedBytes - reservedBytes))
    }
}

/// What a node tells others of itself.
package struct NodeIdentity: Sendable, Equatable {
    package var capacityBytes: UInt64
    package var id: PeerID
    package var publicKey: PublicKey
    package var domain: UInt32

    package init(id: PeerID, publicKey: PublicKey, domain: UInt32, capacityBytes: UInt64) {
        self.id = id
        self.publicKey = publicKey
        self.domain = domain
        self.capacityBytes = capacityBytes
    }
}

/// A copy that a backend asked for: what a node's own requests are for.
struct NodeCopy: Sendable {
    var stored: StoredChunk
    var backend: PeerID
    var call: CallID
}

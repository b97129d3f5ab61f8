import Cryptography
import DequeModule
import Primitives

/// One chunk on its way to a write quorum.
///
/// It ends once no store is under way; the user is answered by then.
struct Upload: Sendable {
    let chunk: ChunkID
    let payload: Payload
    let user: PeerID
    var reply: Reply
    /// What came of each member that was asked, or that held the chunk before.
    private(set) var stores: [(member: Int, state: Store)]
    /// Further members that may be asked in place of slow, full or refusing ones.
    var spares: Int

    enum Reply: Sendable, Equatable {
        /// The user's last try waits for it. → given
        case owed(CallID)
        /// → owed (the user tries again)
        case given
    }

    enum Store: Sendable {
        /// → counted, failed
        case underWay
        /// Durable on a member that counts.
        case counted
        /// Whatever was the reason.
        case failed
    }

    init(
        chunk: ChunkID, payload: Payload, user: PeerID, call: CallID,
        holders: [(member: Int, counts: Bool)], spares: Int
    ) {
        self.chunk = chunk
        self.payload = payload
        self.user = user
        reply = .owed(call)
        stores = holders.map { ($0.member, $0.counts ? .counted : .failed) }
        self.spares = spares
    }

    var acknowledged: Int { stores.count { $0.state == .counted } }
    var isUnderWay: Bool { stores.contains { $0.state == .underWay } }
    /// Members that were asked, whatever came of it.
    var tried: [Int] { stores.map(\.member) }

    mutating func asked(_ member: Int) { stores.append((member, .underWay)) }

    mutating func ended(_ member: Int, as state: Store) {
        guard
            let index = stores.firstIndex(where: { $0.member == member && $0.state == .underWay })
        else { return }
        stores[index].state = state
    }
}

/// Putting chunks: places each on distinct failure domains, answers once a write quorum is durable,
/// and replaces nodes that are slow, full or refuse.
extension Backend {
    /// Uploads at once; more are refused as busy.
    static let uploadLimit = 4096

    mutating func putChunk(
        _ request: PutChunkRequest, from user: PeerID, call: CallID, at now: Instant,
        random: inout RandomSource, effects: inout Effects
    ) -> PutOutcome? {
        let id = request.chunk
        guard ProtocolSettings.chunkBytes ~= request.payload.byteCount,
            SHA256.hash(request.payload.bytes) == id.hash
        else { return .mismatched }
        if let chunk = chunks[id], redundancy(of: chunk) >= settings.writeQuorum {
            stage(id, byteCount: chunk.byteCount, by: user, at: now)
            effects.mark(.putOfStored)
            return .stored
        }
        if let operation = uploading[id], uploads[operation]?.user == user {
            // The user tries again; the answer goes to the last try.
            uploads[operation]?.reply = .owed(call)
            stage(id, byteCount: request.payload.byteCount, by: user, at: now)
            effects.mark(.putAgainMeanwhile)
            return nil
        }
        guard uploading[id] == nil, uploads.count < Self.uploadLimit else { return .busy }
        stage(id, byteCount: request.payload.byteCount, by: user, at: now)
        startUpload(request, from: user, call: call, at: now, random: &random, effects: &effects)
        return nil
    }

    private mutating func startUpload(
        _ request: PutChunkRequest, from user: PeerID, call: CallID, at now: Instant,
        random: inout RandomSource, effects: inout Effects
    ) {
        let id = request.chunk
        lastOperation += 1
        let operation = lastOperation
        uploading[id] = operation
        let holders = chunks[id]?.holders.map(\.member) ?? []
        let upload = Upload(
            chunk: id, payload: request.payload, user: user, call: call,
            holders: holders.map { ($0, members[$0].standing.countsForRedundancy) },
            spares: settings.replicas * settings.attempts)
        uploads[operation] = upload
        sendStores(
            settings.replicas - upload.acknowledged, for: operation, at: now, random: &random,
            effects: &effects)
        effects.schedule(Timer(.hedge, operation), after: slowAfter(request.payload.byteCount))
        settle(operation, effects: &effects)
    }

    /// A store or retrieval of this size is slow after this long.
    func slowAfter(_ byteCount: Int) -> Duration {
        settings.hedgeAfter
            + Duration(
                seconds: Double(byteCount) / Double(settings.slowestTransferBytesPerSecond) / 4)
    }

    private mutating func sendStores(
        _ count: Int, for operation: UInt64, at now: Instant, random: inout RandomSource,
        effects: inout Effects
    ) {
        guard let upload = uploads[operation], count > 0 else { return }
        let targets = place(
            count, of: upload.chunk, byteCount: upload.payload.byteCount, avoiding: upload.tried,
            random: &random)
        for member in targets {
            uploads[operation]?.asked(member)
            chunks[upload.chunk]?.underWay.append(member)
            let request = StoreRequest(
                chunk: upload.chunk, payload: upload.payload, stamp: stamp(at: now))
            calls.ask(
                .node(.store(request)), of: members[member].peer,
                for: .store(operation, upload.chunk, member: member),
                timeout: settings.timeout(forBytes: upload.payload.byteCount), effects: &effects)
        }
    }

    /// A node answered a store, or did not (nil).
    mutating func storeAnswered(
        _ operation: UInt64, _ id: ChunkID, _ member: Int, _ outcome: StoreOutcome?,
        at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        chunks[id]?.underWay.removeAll { $0 == member }
        if outcome == .stored { addHolder(member, to: id, at: now) }
        if outcome == .full { members[member].isFull() }
        // A node that is about to leave takes its replica along.
        let counts = outcome == .stored && members[member].standing.countsForRedundancy
        if outcome == .stored, !counts { effects.mark(.storeOnLeaver) }
        uploads[operation]?.ended(member, as: counts ? .counted : .failed)
        if counts {
            reconcile(id, at: now, effects: &effects)
        } else {
            replaceStore(of: operation, at: now, random: &random, effects: &effects)
            // Committed meanwhile, it counted on this replica; if nobody takes its place, repair must.
            enqueueAnew(id)
        }
        settle(operation, effects: &effects)
    }

    /// Nobody answered for a while: tries another node alongside.
    mutating func hedgeUpload(
        _ operation: UInt64, at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        guard let upload = uploads[operation], upload.reply != .given else { return }
        effects.mark(.storeHedged)
        replaceStore(of: operation, at: now, random: &random, effects: &effects)
        effects.schedule(
            Timer(.hedge, operation), after: slowAfter(upload.payload.byteCount))
    }

    private mutating func replaceStore(
        of operation: UInt64, at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        guard let upload = uploads[operation], upload.spares > 0,
            upload.acknowledged < settings.replicas
        else { return }
        uploads[operation]?.spares -= 1
        sendStores(1, for: operation, at: now, random: &random, effects: &effects)
    }

    /// Answers the user once the quorum is durable, or once nobody is left to ask.
    private mutating func settle(_ operation: UInt64, effects: inout Effects) {
        guard let upload = uploads[operation] else { return }
        let isStored = upload.acknowledged >= settings.writeQuorum
        if case .owed(let call) = upload.reply, isStored || !upload.isUnderWay {
            uploads[operation]?.reply = .given
            effects.answer(
                .file(.putChunk(isStored ? .stored : .unavailable)), to: upload.user, call: call)
        }
        guard !upload.isUnderWay else { return }
        uploads[operation] = nil
        uploading[upload.chunk] = nil
    }

    // MARK: Staging

    /// Times that a stored chunk is kept for another `uploadExpiry` since its user goes on storing
    /// chunks: with an expiry of an hour an upload may take a week.
    package static let renewalLimit = 168

    /// Keeps a chunk for a commit from now on, for as long as uploads are given. Nobody says which
    /// chunks belong to one upload, so this keeps all that the user has staged.
    private mutating func stage(
        _ id: ChunkID, byteCount: Int, by user: PeerID, at now: Instant
    ) {
        let hold = PlacedChunk.Hold(user: user, since: now)
        if let chunk = chunks[id] {
            guard chunk.isStaged(by: user) else { return }
            chunks[id]?.state = .staged(hold)
        } else {
            chunks[id] = PlacedChunk(byteCount: byteCount, state: .staged(hold))
            stagings[user, default: Staging()].chunkCount += 1
        }
        stagings[user]?.lastPut = now
        staged.append((id, now))
    }

    /// A user has one chunk less staged: it was committed, or let go.
    mutating func unstage(by user: PeerID?) {
        guard let user, let count = stagings[user]?.chunkCount else { return }
        if count > 1 { stagings[user]?.chunkCount = count - 1 } else { stagings[user] = nil }
    }

    /// Lets go of chunks whose file was never committed and whose user has stored none since; keeps
    /// the others for another while.
    mutating func expireStaged(at now: Instant, effects: inout Effects) {
        while let (id, since) = staged.first, now - since >= settings.uploadExpiry {
            staged.removeFirst()
            guard let chunk = chunks[id], var hold = chunk.hold, hold.since == since else {
                continue
            }
            if let lastPut = stagings[hold.user]?.lastPut, lastPut > since,
                hold.renewals < Self.renewalLimit
            {
                hold.since = now
                hold.renewals += 1
                chunks[id]?.state = .staged(hold)
                staged.append((id, now))
                effects.mark(.holdRenewed)
                continue
            }
            chunks[id] = nil
            unstage(by: hold.user)
            effects.mark(.holdExpired)
            for holder in chunk.holders {
                deleteReplica(id, on: holder.member, at: now, effects: &effects)
            }
        }
    }
}

/// What a user has put and not committed.
struct Staging: Sendable {
    var chunkCount = 0
    var lastPut = Instant.origin
}

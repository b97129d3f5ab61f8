package import Cryptography
import DequeModule
package import Ledger
import Merkle
package import Primitives

/// Serves users and looks after their chunks: places, finds, repairs and collects them, and writes
/// all that matters to its ledger.
///
/// The ledger is the truth. What stands here is rebuilt from it at every start; uploads and transfers
/// that were under way are forgotten, and their callers try again.
package struct Backend: Role {
    package let id: PeerID
    let settings: ProtocolSettings
    let discoveries: [PeerID]
    /// Authenticates owner tags: `HMAC(tagKey, user)`.
    let tagKey: SecretKey
    let signingKey: SigningKey

    /// Requests are ignored until the ledger has been read back.
    package internal(set) var isReady = false
    var calls: Calls<BackendCall>
    var clock = SteadyClock()
    /// The last stamp given out; each is later than all before it.
    var lastStamp = Instant.origin

    package internal(set) var files: [FileID: FileRecord] = [:]
    /// By account: what the ledger says of it last, by the hash of that.
    package internal(set) var accounts: [Hash256: Hash256] = [:]
    /// The files of each owner, and when each was committed.
    var filesByOwner: [OwnerTag: [FileID: Instant]] = [:]
    package internal(set) var chunks: [ChunkID: PlacedChunk] = [:]
    package internal(set) var members = Members()

    /// By operation, as are downloads.
    var uploads: [UInt64: Upload] = [:]
    var uploading: [ChunkID: UInt64] = [:]
    var downloads: [UInt64: Download] = [:]
    var lastOperation: UInt64 = 0
    /// By retrieval: who said that the one that is asked lacks the chunk.
    var accusers: [UInt64: Int] = [:]
    /// When a node last said what it has of a chunk that it was challenged for.
    var challengeAnswered: Instant?
    /// Chunks put but not committed, those first that were put or kept on longest ago.
    var staged: Deque<(chunk: ChunkID, since: Instant)> = []
    /// Of users who have chunks staged.
    var stagings: [PeerID: Staging] = [:]
    package internal(set) var repairs: RepairQueue
    var comparisons: [Int: Comparison] = [:]
    /// Whose turn it is to be compared with.
    var nextToCompare = 0
    var backlog = Backlog()
    /// By operation.
    var audits: [UInt64: Audit] = [:]
    /// Replicas too many, whose turn to be challenged comes when others have been.
    var deletionsWaiting: Deque<(chunk: ChunkID, member: Int)> = []
    /// Until then deletions that a former run asked for may be under way, so that what a node says it
    /// holds may be about to go.
    var comparisonsBegin = Instant.origin
    /// When members were last freshened.
    var freshened = Instant.origin
    /// By member: chunks found there that no ledger names, and when they were first seen.
    var orphans: [Int: [ChunkID: Instant]] = [:]
    /// Prefixes of the chunks that the ledger named and let go: replicas that turn up later may go as well.
    var released: Set<UInt64> = []
    /// What can be brought back.
    var removals = Removals()
    /// By operation.
    var undeletions: [UInt64: Undeletion] = [:]
    var journal: Journal
    var keepers = LedgerKeepers()
    /// Before it is ready: what the network knows of the ledger.
    var search: LedgerSearch?
    /// Its disk is lost: it serves nobody before the network gave the ledger back.
    let isLost: Bool

    package init(
        id: PeerID, settings: ProtocolSettings, discoveries: [PeerID], tagKey: SecretKey,
        signingKey: SigningKey, assignedDomains: [PeerID: UInt32] = [:], isLost: Bool = false
    ) {
        self.id = id
        self.settings = settings
        self.discoveries = discoveries
        self.tagKey = tagKey
        self.signingKey = signingKey
        self.isLost = isLost
        var none = RandomSource(seed: 0, who: 0, purpose: 0)
        calls = Calls(random: &none)
        journal = Journal(signingKey: signingKey)
        repairs = RepairQueue(replicas: settings.replicas)
        members = Members(discoveries: discoveries.count, assignedDomains: assignedDomains)
    }

    package mutating func handle(
        _ input: Input, at shown: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        let now = clock.time(showing: shown)
        switch input {
        case .start:
            calls = Calls(random: &random)
            effects.disk.append(.recoverLog)
        case .disk(.recoveredLog(let blocks)):
            recover(blocks, at: now, random: &random, effects: &effects)
        case .disk(.readBlock(let height, let block)):
            blockRead(height, block, effects: &effects)
        case .disk(.synced):
            if search?.isSyncing == true { return beginServing(at: now, effects: &effects) }
            finishBlock(at: now, effects: &effects)
        case .request(let from, let call, let request):
            guard isReady else { return }
            serve(request, from: from, call: call, at: now, random: &random, effects: &effects)
        case .answer(let from, let call, let answer):
            guard let context = calls.close(call, from: from) else {
                return effects.mark(.answerCameLate)
            }
            hear(answer, to: context, at: now, random: &random, effects: &effects)
        case .timer(let timer):
            handle(timer, at: now, random: &random, effects: &effects)
        case .disk, .leave, .forget, .undelete, .backend: break
        }
    }

    private mutating func serve(
        _ request: Request, from: PeerID, call: CallID, at now: Instant,
        random: inout RandomSource, effects: inout Effects
    ) {
        switch request {
        case .file(let request):
            let answer = serve(
                request, from: from, call: call, at: now, random: &random, effects: &effects)
            if let answer { effects.answer(.file(answer), to: from, call: call) }
        case .backend(.damaged(let report)):
            guard let member = members.index(of: from) else { return }
            replicaMissing(report.chunk, on: member, .scrubOrRead, at: now, effects: &effects)
            pumpRepairs(at: now, random: &random, effects: &effects)
        case .backend(.leave): memberLeaves(from, call: call, at: now, effects: &effects)
        case .discovery, .node: break
        }
    }

    /// Nil where the answer takes others, or the ledger, and comes later.
    private mutating func serve(
        _ request: FileRequest, from user: PeerID, call: CallID, at now: Instant,
        random: inout RandomSource, effects: inout Effects
    ) -> FileAnswer? {
        switch request {
        case .putChunk where keepers.isBehind: .putChunk(.unavailable)
        case .undelete where keepers.isBehind: .undelete(.unavailable)
        case .putChunk(let request):
            putChunk(request, from: user, call: call, at: now, random: &random, effects: &effects)
                .map(FileAnswer.putChunk)
        case .commit(let request):
            commitFile(request, from: user, call: call, at: now, effects: &effects)
                .map(FileAnswer.commit)
        case .getFile(let request):
            .getFile(
                ownFile(request.file, of: user).map(GetFileAnswer.found)
                    ?? (keepers.isBehind ? .unavailable : .notFound))
        case .getChunk(let request):
            getChunk(request, from: user, call: call, at: now, random: &random, effects: &effects)
                .map(FileAnswer.getChunk)
        case .delete(let request):
            deleteFile(request, from: user, call: call, at: now, effects: &effects)
                .map(FileAnswer.delete)
        case .undelete(let request):
            undeleteFile(request, from: user, call: call, at: now, effects: &effects)
                .map(FileAnswer.undelete)
        case .keepAccount(let request):
            keepAccount(request, from: user, call: call, at: now, effects: &effects)
                .map(FileAnswer.keepAccount)
        }
    }

    private mutating func handle(
        _ timer: Timer, at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        switch timer.kind {
        case .callTimeout:
            guard let (_, context) = calls.expire(CallID(timer.token)) else { return }
            effects.note(.requestTimedOut)
            failed(context, at: now, random: &random, effects: &effects)
        case .peers where search != nil:
            searchLedger(at: now, effects: &effects)
        case _ where !isReady: break
        case .peers: askDiscoveries(effects: &effects)
        case .maintenance: maintain(at: now, random: &random, effects: &effects)
        case .repair:
            repairs.waited(until: now)
            pumpRepairs(at: now, random: &random, effects: &effects)
        case .backlog: resumeBacklog(at: now, effects: &effects)
        case .hedge:
            hedgeUpload(timer.token, at: now, random: &random, effects: &effects)
            hedgeDownload(timer.token, at: now, effects: &effects)
        default: break
        }
    }

    /// Work that is due from time to time.
    private mutating func maintain(
        at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        if !backlog.isPausing { backlog.left = Backlog.step }
        judgeFreshness(at: now, effects: &effects)
        judgeSilence(at: now, effects: &effects)
        freshenMembers(at: now)
        expireStaged(at: now, effects: &effects)
        startComparisons(at: now, random: &random, effects: &effects)
        startAudits(at: now, random: &random, effects: &effects)
        writeGathered(at: now, effects: &effects)
        lookAfterLedgerCopies(at: now, random: &random, effects: &effects)
        startRepairRound(at: now, effects: &effects)
        pumpRepairs(at: now, random: &random, effects: &effects)
        effects.schedule(Timer(.maintenance), after: settings.peersInterval)
    }

    /// What is placed weighs on further choices until heartbeats and discoveries have told the rest,
    /// and what was measured of members fades.
    private mutating func freshenMembers(at now: Instant) {
        guard now - freshened >= settings.heartbeatInterval * 2 + settings.peersInterval else {
            return
        }
        freshened = now
        members.forgetPlacements()
        members.fadeAnswerTimes()
        judgeMembers(at: now)
        removals.forget(before: now - settings.trashLifetime)
    }

    /// A stamp later than all before it.
    mutating func stamp(at now: Instant) -> Instant {
        lastStamp = max(now, lastStamp + .nanoseconds(1))
        return lastStamp
    }

    /// The tag under which the ledger knows a user: a keyed hash, so that nobody else can tell whose
    /// a record is.
    func ownerTag(_ user: PeerID) -> OwnerTag {
        var writer = ByteWriter()
        writer.write(user.raw)
        return OwnerTag(HMAC.authenticate(writer.bytes, key: tagKey))
    }
}

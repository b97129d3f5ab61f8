import Cryptography
import Ledger
import Merkle
import Primitives

/// One chunk on its way to a user.
struct Download: Sendable {
    let chunk: ChunkID
    let user: PeerID
    let call: CallID
    /// Holders to ask next, best first.
    var candidates: [Int]
    /// Somebody who is thought to be there may have it, and did not say.
    var mayBeThere = false
    private(set) var state = State.ready

    enum State: Sendable {
        /// Nobody is being asked. → asking, or it ends for want of candidates
        case ready
        /// So many are being asked, the last one since then. → ready, or it ends with the chunk
        case asking(count: Int, since: Instant)
    }

    mutating func asked(at now: Instant) {
        switch state {
        case .ready: state = .asking(count: 1, since: now)
        case .asking(let count, _): state = .asking(count: count + 1, since: now)
        }
    }

    mutating func answered() {
        switch state {
        case .ready: break
        case .asking(let count, let since):
            state = count > 1 ? .asking(count: count - 1, since: since) : .ready
        }
    }
}

/// A retrieval under way. It outlives its download: what comes of it tells of the node and of its
/// replica even when another was quicker.
struct Retrieval: Sendable {
    let operation: UInt64
    let chunk: ChunkID
    let member: Int
    let askedAt: Instant
}

/// Serving chunks: asks the quickest replica, verifies what comes, falls back to another, asks a second
/// one alongside a slow first, and has repaired what it found broken.
extension Backend {
    /// Downloads at once; more are answered as unavailable.
    static let downloadLimit = 4096

    mutating func getChunk(
        _ request: GetChunkRequest, from user: PeerID, call: CallID, at now: Instant,
        random: inout RandomSource, effects: inout Effects
    ) -> GetChunkAnswer? {
        guard isOwnChunk(request, of: user) else { return .notFound }
        guard let chunk = chunks[request.chunk], downloads.count < Self.downloadLimit else {
            return .unavailable
        }
        lastOperation += 1
        downloads[lastOperation] = Download(
            chunk: request.chunk, user: user, call: call,
            candidates: readingOrder(of: chunk, random: &random))
        askNext(lastOperation, at: now, effects: &effects)
        return nil
    }

    /// The user names one of their files and proves that the chunk is in it.
    private func isOwnChunk(_ request: GetChunkRequest, of user: PeerID) -> Bool {
        guard let record = ownFile(request.file, of: user),
            request.proof.treeSize == Int(record.chunkCount)
        else { return false }
        let leaf = MerkleTree.leafHash(request.chunk)
        return (try? request.proof.verify(leafHash: leaf, root: record.root)) != nil
    }

    /// Members thought to be there first, the quickest of them first, spread so that equally quick
    /// ones share the load.
    private func readingOrder(of chunk: PlacedChunk, random: inout RandomSource) -> [Int] {
        var order: [(rank: Int, time: Duration, member: Int)] = []
        for holder in chunk.holders {
            let member = members[holder.member]
            let time = member.answerTime.scaled(by: 1 + random.unit())
            let rank = member.standing.status?.rawValue ?? .max
            order.append((Int(rank), time, holder.member))
        }
        order.sort { ($0.rank, $0.time, $0.member) < ($1.rank, $1.time, $1.member) }
        return order.map(\.member)
    }

    private mutating func askNext(
        _ operation: UInt64, at now: Instant, effects: inout Effects
    ) {
        guard var download = downloads[operation] else { return }
        guard !download.candidates.isEmpty else {
            guard case .ready = download.state else { return }
            effects.mark(.readFoundNobody)
            downloads[operation] = nil
            let answer: GetChunkAnswer = download.mayBeThere ? .unavailable : .gone
            effects.answer(.file(.getChunk(answer)), to: download.user, call: download.call)
            return
        }
        let member = download.candidates.removeFirst()
        download.asked(at: now)
        downloads[operation] = download
        retrieve(download.chunk, from: member, for: operation, at: now, effects: &effects)
        effects.schedule(
            Timer(.hedge, operation), after: slowAfter(chunks[download.chunk]?.byteCount ?? 0))
    }

    mutating func retrieve(
        _ id: ChunkID, from member: Int, for operation: UInt64, at now: Instant,
        effects: inout Effects
    ) {
        let retrieval = Retrieval(operation: operation, chunk: id, member: member, askedAt: now)
        calls.ask(
            .node(.retrieve(RetrieveRequest(chunk: id))), of: members[member].peer,
            for: .retrieve(retrieval),
            timeout: settings.timeout(forBytes: chunks[id]?.byteCount ?? 0), effects: &effects)
    }

    /// The first answer is slow in coming: asks another replica alongside.
    mutating func hedgeDownload(
        _ operation: UInt64, at now: Instant, effects: inout Effects
    ) {
        guard let download = downloads[operation], !download.candidates.isEmpty,
            case .asking(_, let since) = download.state,
            now - since >= slowAfter(chunks[download.chunk]?.byteCount ?? 0)
        else { return }
        effects.mark(.retrievalHedged)
        askNext(operation, at: now, effects: &effects)
    }

    /// A node answered a retrieval, or did not (nil).
    mutating func retrieveAnswered(
        _ retrieval: Retrieval, _ answer: RetrieveAnswer?, at now: Instant, effects: inout Effects
    ) {
        let operation = retrieval.operation
        let accuser = accusers.removeValue(forKey: operation)
        downloads[operation]?.answered()
        // A smoothed estimate with the gain that TCP uses for round trips (RFC 6298 §2).
        let old = members[retrieval.member].answerTime
        members[retrieval.member].answerTime = (old * 7 + (now - retrieval.askedAt)) / 8
        switch answer {
        case .found(let payload) where SHA256.hash(payload.bytes) == retrieval.chunk.hash:
            // Who slanders is given nothing new until it has proved something itself.
            if let accuser {
                effects.mark(.accusationFalse)
                members[accuser].trust.didNotMeet(at: now)
            }
            guard let download = downloads.removeValue(forKey: operation) else {
                return effects.mark(.bytesCameLate)
            }
            if case .asking = download.state { effects.mark(.retrievalsRaced) }
            effects.answer(
                .file(.getChunk(.found(payload))), to: download.user, call: download.call)
        case .found, .missing:
            effects.mark(.readFellBack)
            if case .found = answer { members[retrieval.member].trust.didFalsify(at: now) }
            // Who lost one may have lost more.
            members[retrieval.member].nextAudit = now
            replicaMissing(
                retrieval.chunk, on: retrieval.member, .scrubOrRead, at: now, effects: &effects)
            askNext(operation, at: now, effects: &effects)
        case .refused, .unavailable, nil:
            if answer != nil || members[retrieval.member].standing.isThoughtToBeThere {
                downloads[operation]?.mayBeThere = true
            }
            askNext(operation, at: now, effects: &effects)
        }
    }
}

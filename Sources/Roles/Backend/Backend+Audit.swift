import Cryptography
import Merkle
import Primitives

/// One challenge under way: nodes are asked for the same proof of a chunk.
struct Audit: Sendable {
    /// What hangs on it, beside what is thought of those who are challenged.
    enum Purpose: Sendable {
        case none
        /// A copy was made, and counts once it is proven.
        case credit(RepairTransfer)
        /// A replica is too many, and goes once enough others are proven to be like it.
        case deletion(from: Int)
        /// A member that leaves is let go, likewise.
        case leave(of: Int)
    }

    let chunk: ChunkID
    let members: [Int]
    let purpose: Purpose
    /// By member. Who said nothing cannot prove anything now.
    var outcomes: [Int: AuditOutcome] = [:]

    func proof(of member: Int) -> Hash256? {
        if case .proven(let proof)? = outcomes[member] { proof } else { nil }
    }
}

/// Audits: from time to time two holders of a chunk are challenged with the same nonce. A node that
/// keeps names but no bytes cannot answer as the other does, and nobody needs to have kept anything for
/// it. Where the proofs differ, both are asked for the bytes, which tells who was wrong. In the same way a
/// target and its source are challenged after a copy, and a replica too many and the others before it goes.
extension Backend {
    /// Challenges under way with which no more replicas are to be let go: each is read where it stands.
    static let challengeLimit = 16

    mutating func startAudits(
        at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        let interval = settings.auditInterval
        for index in members.all.indices where !members.all[index].trust.isSpotless {
            restoreTrust(in: index, at: now, effects: &effects)
        }
        guard interval > .zero else { return }
        for index in members.all.indices
        where members.all[index].nextAudit <= now && members.all[index].standing.isReachable {
            members[index].nextAudit = now + random.jittered(interval, by: 0.25)
            let place = ChunkID(
                Hash256(random.next(), random.next(), random.next(), random.next()))
            guard
                let id = members[index].expected.next(after: place)
                    ?? members[index].expected.next(after: nil),
                let witness = witness(of: id, besides: index)
            else { continue }
            challenge([index, witness], id, for: .none, at: now, effects: &effects)
        }
    }

    /// Another holder that is there, rather one that met its last challenge.
    private func witness(of id: ChunkID, besides challenged: Int) -> Int? {
        let others = (chunks[id]?.holders ?? []).map(\.member).filter {
            $0 != challenged && members.all[$0].standing.isReachable
        }
        return others.first { members.all[$0].trust.unmet == 0 } ?? others.first
    }

    mutating func challenge(
        _ challenged: [Int], _ id: ChunkID, for purpose: Audit.Purpose, at now: Instant,
        effects: inout Effects
    ) {
        lastOperation += 1
        audits[lastOperation] = Audit(chunk: id, members: challenged, purpose: purpose)
        let nonce = nonce(at: now)
        let byteCount = chunks[id]?.byteCount ?? 0
        for member in challenged {
            calls.ask(
                .node(.audit(AuditRequest(chunk: id, nonce: nonce))), of: members[member].peer,
                for: .audit(lastOperation, member: member),
                timeout: settings.timeout(forBytes: byteCount), effects: &effects)
        }
    }

    /// Nobody else can tell it before. Twice as long as a user, so that it is no owner's tag.
    private mutating func nonce(at now: Instant) -> Hash256 {
        var writer = ByteWriter()
        writer.write(UInt64(bitPattern: stamp(at: now).nanoseconds))
        writer.write(lastOperation)
        return HMAC.authenticate(writer.bytes, key: tagKey)
    }

    /// A node answered a challenge, or did not (nil).
    mutating func auditAnswered(
        _ operation: UInt64, _ member: Int, _ answer: AuditOutcome?, at now: Instant,
        effects: inout Effects
    ) {
        switch answer {
        case .proven, .missing: challengeAnswered = now
        case .refused, .unavailable, nil: break
        }
        audits[operation]?.outcomes[member] = answer ?? .unavailable
        guard let audit = audits[operation], audit.outcomes.count == audit.members.count else {
            return
        }
        audits[operation] = nil
        judge(audit, at: now, effects: &effects)
        switch audit.purpose {
        case .none: break
        case .credit(let transfer): credit(transfer, audit, at: now, effects: &effects)
        case .deletion(let member):
            finishDeletion(of: audit.chunk, on: member, audit, at: now, effects: &effects)
        case .leave(let member):
            finishLeave(of: audit.chunk, by: member, audit, at: now, effects: &effects)
        }
        startWaitingDeletions(at: now, effects: &effects)
    }

    private mutating func judge(_ audit: Audit, at now: Instant, effects: inout Effects) {
        let proven = audit.members.filter { audit.proof(of: $0) != nil }
        let agree = Set(proven.map { audit.proof(of: $0) }).count == 1
        if case .none = audit.purpose, proven.count == audit.members.count {
            effects.note(
                .audited(
                    audit.chunk, members[audit.members[0]].peer, members[audit.members[1]].peer,
                    agree: agree))
        }
        for member in audit.members {
            switch audit.outcomes[member] {
            case .proven:
                if agree, proven.count > 1 { met(member, at: now, effects: &effects) }
            case .missing:
                effects.mark(.challengeUnmet)
                members[member].nextAudit = now
                replicaMissing(audit.chunk, on: member, .audit, at: now, effects: &effects)
            case .refused, .unavailable, nil: leftUnmet(member, at: now, effects: &effects)
            }
        }
        guard !agree, proven.count > 1 else { return }
        effects.mark(.proofsDiffered)
        // The bytes are asked for, for nobody: what comes of it tells of the replica.
        for member in proven {
            lastOperation += 1
            retrieve(audit.chunk, from: member, for: lastOperation, at: now, effects: &effects)
        }
    }

    // MARK: Trust

    /// A node said nothing, or that it cannot prove anything now. One that does so for as long as a
    /// silent node takes to be dead counts no more than that one, whatever the discoveries say of it,
    /// unless nobody answered a challenge lately: then it may be the backend that is cut off.
    private mutating func leftUnmet(_ member: Int, at now: Instant, effects: inout Effects) {
        members[member].trust.didNotMeet(at: now)
        let trust = members[member].trust
        guard trust.unmet >= Trust.placementLimit, now - trust.since >= settings.deadAfter,
            let answered = challengeAnswered, now - answered <= settings.auditInterval * 2,
            members[member].standing.isDoubted()
        else { return }
        effects.mark(.memberDoubted)
        effects.note(.doubted(members[member].peer))
        lookAnew(.reconcile, at: member, at: now, effects: &effects)
    }

    private mutating func met(_ member: Int, at now: Instant, effects: inout Effects) {
        let wasGivenMore = members[member].trust.mayBeGivenMore
        members[member].trust.met()
        if !wasGivenMore, members[member].trust.mayBeGivenMore { members.candidateGained() }
        trust(member, at: now, effects: &effects)
    }

    /// What was long ago is forgotten: one that was relieved of all that it held, or is challenged no
    /// more, has no other way to prove itself.
    private mutating func restoreTrust(in member: Int, at now: Instant, effects: inout Effects) {
        let trust = members.all[member].trust
        let memory =
            if case .doubted = members.all[member].standing { settings.deadAfter } else {
                max(.hours(1), settings.auditInterval * 2)
            }
        guard now - trust.last >= memory else { return }
        if !trust.mayBeGivenMore { members.candidateGained() }
        members[member].trust.forgive()
        self.trust(member, at: now, effects: &effects)
    }

    private mutating func trust(_ member: Int, at now: Instant, effects: inout Effects) {
        guard members[member].standing.isTrusted() else { return }
        effects.mark(.memberTrusted)
        members.candidateGained()
        lookAnew(.reconcile, at: member, at: now, effects: &effects)
    }
}

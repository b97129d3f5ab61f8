import Merkle
import Primitives

/// One challenge under way: two holders of a chunk are asked for the same proof.
struct Audit: Sendable {
    let chunk: ChunkID
    let members: [Int]
    var proofs: [Int: Hash256] = [:]
}

/// Audits: from time to time two holders of a chunk are challenged with the same nonce. A node that
/// keeps names but no bytes cannot answer as the other does, and nobody needs to have kept anything for
/// it. Where the proofs differ, both are asked for the bytes, which tells who was wrong.
extension Backend {
    mutating func startAudits(
        at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        let interval = settings.auditInterval
        for index in members.all.indices where members.all[index].trust.unmet > 0 {
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
            challenge([index, witness], id, random: &random, effects: &effects)
        }
    }

    /// Another holder that is there, rather one that met its last challenge.
    private func witness(of id: ChunkID, besides challenged: Int) -> Int? {
        let others = (chunks[id]?.holders ?? []).map(\.member).filter {
            $0 != challenged && members.all[$0].standing.isReachable
        }
        return others.first { members.all[$0].trust.unmet == 0 } ?? others.first
    }

    private mutating func challenge(
        _ challenged: [Int], _ id: ChunkID, random: inout RandomSource, effects: inout Effects
    ) {
        lastOperation += 1
        audits[lastOperation] = Audit(chunk: id, members: challenged)
        let nonce = Hash256(random.next(), random.next(), random.next(), random.next())
        let byteCount = chunks[id]?.byteCount ?? 0
        for member in challenged {
            calls.ask(
                .node(.audit(AuditRequest(chunk: id, nonce: nonce))), of: members[member].peer,
                for: .audit(lastOperation, member: member),
                timeout: settings.timeout(forBytes: byteCount), effects: &effects)
        }
    }

    /// A node answered a challenge, or did not (nil).
    mutating func auditAnswered(
        _ operation: UInt64, _ member: Int, _ answer: AuditOutcome?, at now: Instant,
        effects: inout Effects
    ) {
        guard var audit = audits[operation] else { return }
        guard case .proven(let proof) = answer else {
            audits[operation] = nil
            if answer == .missing {
                effects.mark(.challengeUnmet)
                replicaMissing(audit.chunk, on: member, .audit, at: now, effects: &effects)
            } else {
                leftUnmet(member, at: now, effects: &effects)
            }
            return
        }
        audit.proofs[member] = proof
        audits[operation] = audit
        guard audit.proofs.count == audit.members.count else { return }
        audits[operation] = nil
        let agree = Set(audit.proofs.values).count == 1
        effects.note(
            .audited(
                audit.chunk, members[audit.members[0]].peer, members[audit.members[1]].peer,
                agree: agree))
        guard !agree else {
            for member in audit.members { met(member, at: now, effects: &effects) }
            return
        }
        effects.mark(.proofsDiffered)
        // The bytes are asked for, for nobody: what comes of it tells of the replica.
        for member in audit.members {
            lastOperation += 1
            retrieve(audit.chunk, from: member, for: lastOperation, at: now, effects: &effects)
        }
    }

    // MARK: Trust

    /// A node said nothing, or that it cannot prove anything now. One that does so for as long as a
    /// silent node takes to be dead counts no more than that one, whatever the discoveries say of it,
    /// unless nobody met a challenge lately: then it may be the backend that is cut off.
    private mutating func leftUnmet(_ member: Int, at now: Instant, effects: inout Effects) {
        members[member].trust.didNotMeet(at: now)
        let trust = members[member].trust
        guard trust.unmet >= Trust.placementLimit, now - trust.since >= settings.deadAfter,
            let lastMet = lastMetChallenge, now - lastMet <= settings.auditInterval * 2,
            members[member].standing.isDoubted()
        else { return }
        effects.mark(.memberDoubted)
        effects.note(.doubted(members[member].peer))
        reconcileExpected(of: member, at: now, effects: &effects)
    }

    private mutating func met(_ member: Int, at now: Instant, effects: inout Effects) {
        lastMetChallenge = now
        if members[member].trust.unmet >= Trust.placementLimit { members.candidateGained() }
        members[member].trust.met()
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
        if trust.unmet >= Trust.placementLimit { members.candidateGained() }
        members[member].trust.met()
        self.trust(member, at: now, effects: &effects)
    }

    private mutating func trust(_ member: Int, at now: Instant, effects: inout Effects) {
        guard members[member].standing.isTrusted() else { return }
        effects.mark(.memberTrusted)
        members.candidateGained()
        reconcileExpected(of: member, at: now, effects: &effects)
    }
}

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
        guard interval > .zero else { return }
        for index in members.all.indices
        where members.all[index].nextAudit <= now && members.all[index].standing.isReachable {
            members[index].nextAudit = now + random.jittered(interval, by: 0.25)
            let place = ChunkID(
                Hash256(random.next(), random.next(), random.next(), random.next()))
            guard
                let id = members[index].expected.next(after: place)
                    ?? members[index].expected.next(after: nil),
                let witness = chunks[id]?.holders.map(\.member).first(where: {
                    $0 != index && members[$0].standing.isReachable
                })
            else { continue }
            challenge([index, witness], id, random: &random, effects: &effects)
        }
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
        guard !agree else { return }
        effects.mark(.proofsDiffered)
        // The bytes are asked for, for nobody: what comes of it tells of the replica.
        for member in audit.members {
            lastOperation += 1
            retrieve(audit.chunk, from: member, for: lastOperation, at: now, effects: &effects)
        }
    }
}

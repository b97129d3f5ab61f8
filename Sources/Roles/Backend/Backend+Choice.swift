import Merkle
import Primitives

/// What the next replica of a chunk has to go by.
private struct Choice {
    let byteCount: Int
    var taken: [Int]
    /// Where replicas stand or are about to.
    var domains: [UInt32]
    /// A newcomer is as welcome as any other.
    var welcomes: Bool
    /// A newcomer holds, or is about to hold, a replica of the chunk.
    var hasNewcomer: Bool
}

/// Choosing nodes for chunks.
///
/// Anybody may bring nodes, so that a new one is given little until it has proven itself for a while: of
/// the replicas of a chunk one at most, and that seldom, as long as others in as many domains can take
/// them. A domain that holds a large share of all chunks is passed over likewise. Where there are no
/// others all of this counts for nothing: a new network works at once.
extension Backend {
    /// So many chunks in a domain are not too many, whatever part they are.
    private static let fewChunks = 16
    /// One choice in so many takes newcomers for what the others are.
    private static let newcomerOdds = 20

    /// Chooses up to `count` members for replicas of a chunk: alive, with room, none of `avoided`, with
    /// a probability that grows with free space, and over failure domains that neither hold a replica
    /// of the chunk, nor are about to, as long as there are any; over no others where `onlyElsewhere`.
    mutating func place(
        _ count: Int, of id: ChunkID, byteCount: Int, avoiding avoided: [Int],
        onlyElsewhere: Bool = false, random: inout RandomSource
    ) -> [Int] {
        guard UInt64(byteCount) <= members.mostRoom else { return [] }
        var choice = choice(of: id, byteCount, avoided, random: &random)
        var chosen: [Int] = []
        while chosen.count < count {
            guard
                let member = probe(choice, random: &random)
                    ?? scan(choice, onlyElsewhere, random: &random)
            else { break }
            choice.taken.append(member)
            choice.domains.append(members[member].domain)
            if isNewcomer(member) { (choice.welcomes, choice.hasNewcomer) = (false, true) }
            chosen.append(member)
            members[member].placedBytes += UInt64(byteCount)
        }
        return chosen
    }

    private func choice(
        of id: ChunkID, _ byteCount: Int, _ avoided: [Int], random: inout RandomSource
    ) -> Choice {
        var choice = Choice(
            byteCount: byteCount, taken: avoided, domains: domainsInUse(by: id), welcomes: true,
            hasNewcomer: false)
        guard !members.vetted.isEmpty else { return choice }
        let holders = (chunks[id]?.holders.map(\.member) ?? []) + (chunks[id]?.underWay ?? [])
        choice.hasNewcomer = holders.contains(where: isNewcomer)
        choice.welcomes = random.below(Self.newcomerOdds) == 0 && !choice.hasNewcomer
        return choice
    }

    /// While nobody has proven itself, nobody is one.
    private func isNewcomer(_ member: Int) -> Bool {
        !members.vetted.isEmpty && !members.all[member].isVetted
    }

    private func isCandidate(_ member: Int, _ choice: Choice) -> Bool {
        members[member].standing.acceptsChunks && members[member].room >= UInt64(choice.byteCount)
            && members[member].trust.mayBeGivenMore
            && !choice.taken.contains(member)
    }

    /// Draws members at random and accepts each in proportion to its free space: quick wherever most
    /// members are fit, whatever their number.
    private func probe(_ choice: Choice, random: inout RandomSource) -> Int? {
        let count = choice.welcomes ? members.all.count : members.vetted.count
        guard count > 0 else { return nil }
        for _ in 0..<16 {
            let drawn = random.below(count)
            let member = choice.welcomes ? drawn : members.vetted[drawn]
            let domain = members[member].domain
            let isHeavyEnough =
                random.below(members.mostFreeBytes) < members[member].room
            if isHeavyEnough, isCandidate(member, choice), !choice.domains.contains(domain),
                !members.fullDomains.contains(domain)
            {
                return member
            }
        }
        return nil
    }

    /// Looks at every member; used where probing found nobody.
    private mutating func scan(
        _ choice: Choice, _ onlyElsewhere: Bool, random: inout RandomSource
    ) -> Int? {
        let fit = members.all.indices.filter { isCandidate($0, choice) }
        if fit.isEmpty { members.measureRoom() }
        let candidates = best(of: fit, for: choice, onlyElsewhere)
        let total = candidates.reduce(0 as UInt64) { $0 + members[$1].room }
        guard total > 0 else { return nil }
        var draw = random.below(total)
        for member in candidates {
            if draw < members[member].room { return member }
            draw -= members[member].room
        }
        return nil
    }

    /// Those of whom nobody else is to be preferred.
    private func best(of fit: [Int], for choice: Choice, _ onlyElsewhere: Bool) -> [Int] {
        func isKnown(_ member: Int) -> Bool { choice.welcomes || !isNewcomer(member) }
        func isOpen(_ member: Int) -> Bool {
            !members.fullDomains.contains(members.all[member].domain)
        }
        let elsewhere = fit.filter { !choice.domains.contains(members.all[$0].domain) }
        let mayBeNew = choice.hasNewcomer ? elsewhere.filter(isKnown) : elsewhere
        let tiers: [[Int]] = [
            mayBeNew.filter { isOpen($0) && isKnown($0) }, mayBeNew.filter(isOpen),
            mayBeNew.filter(isKnown), mayBeNew,
        ]
        // That replicas stand in distinct domains is worth more newcomers than one.
        let others = onlyElsewhere ? [elsewhere] : [elsewhere, fit.filter(isKnown), fit]
        return (tiers + others).first { !$0.isEmpty } ?? []
    }

    // MARK: Judging

    /// Who has proven itself by now, if that is asked of anybody, and which domains hold too much.
    mutating func judgeMembers(at now: Instant) {
        members.vet { member in
            settings.vettingTime > .zero && now - member.joined >= settings.vettingTime
                && (member.trust.hasProven || settings.auditInterval == .zero)
        }
        members.fullDomains = fullDomains()
    }

    /// The domains that hold more than their share of all chunks, which is at least twice what they would
    /// hold if all were alike.
    private func fullDomains() -> Set<UInt32> {
        guard settings.domainPercent < 100 else { return [] }
        var held: [UInt32: Int] = [:]
        var open: Set<UInt32> = []
        for index in members.all.indices
        where members.all[index].standing.countsForRedundancy {
            held[members.all[index].domain, default: 0] += members.all[index].expected.count
            if members.all[index].standing.acceptsChunks {
                open.insert(members.all[index].domain)
            }
        }
        guard !open.isEmpty else { return [] }
        let most = max(
            chunks.count * settings.domainPercent / 100,
            chunks.count * settings.replicas * 2 / open.count, Self.fewChunks)
        return Set(held.filter { $0.value > most }.keys)
    }
}

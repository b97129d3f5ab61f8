import Merkle
import Primitives

/// One comparison of inventories under way.
struct Comparison: Sendable {
    var walk: InventoryComparison
    let startedAt: Instant
    let inventoryCount: Int
    var question: InventoryQuestion
    var attempts = 1
    /// Chunks that the node was asked to delete since the comparison began: whether it held them
    /// before or after, nobody knows.
    var deleted: Set<ChunkID> = []
}

/// Anti-entropy: compares what a node holds with what the ledger says it holds, by their inventory
/// trees, and mends the difference. What the node holds and no ledger names is collected, once it has
/// been seen for the orphan grace, unless it is suspiciously much.
extension Backend {
    /// Subtrees that are asked about in one comparison besides one for each chunk that the node is to
    /// hold: enough for a million chunks that no ledger names.
    private static let prefixesOfStrange = 1 << 17

    /// How long one comparison may take in all. An honest node of a million chunks is asked some hundred
    /// questions.
    private var comparisonTime: Duration {
        max(settings.antiEntropyInterval / 12, settings.requestTimeout * settings.attempts * 2)
    }

    mutating func startComparisons(
        at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        guard now >= comparisonsBegin else { return }
        let (count, first) = (members.all.count, nextToCompare)
        for step in 0..<count {
            let index = (first + step) % count
            guard members.all[index].nextComparison <= now,
                members.all[index].standing.isReachable, comparisons[index] == nil
            else { continue }
            guard comparisons.count < settings.antiEntropySessions else { return }
            // Who is slow, or lies, keeps others waiting for one turn at most.
            nextToCompare = index + 1
            members[index].nextComparison =
                now + random.jittered(settings.antiEntropyInterval, by: 0.25)
            // Read here, so that what is hashed stays with the member and not with a copy.
            _ = members[index].expected.rootHash
            let prefixes = Self.prefixesOfStrange + members[index].expected.count
            var walk = InventoryComparison(
                local: members[index].expected,
                limits: InventoryComparison.Limits(prefixes: prefixes))
            guard let question = walk.nextQuestion() else { continue }
            comparisons[index] = Comparison(
                walk: walk, startedAt: now, inventoryCount: members[index].expected.count,
                question: question)
            ask(question, index, effects: &effects)
        }
    }

    private mutating func ask(
        _ question: InventoryQuestion, _ index: Int, effects: inout Effects
    ) {
        calls.ask(
            .node(.inventory(InventoryRequest(question))), of: members[index].peer,
            for: .compare(member: index), timeout: settings.requestTimeout, effects: &effects)
    }

    mutating func comparisonAnswered(
        _ index: Int, _ answer: InventoryAnswer, at now: Instant, effects: inout Effects
    ) {
        guard var comparison = comparisons[index] else { return }
        do {
            try comparison.walk.receive(answer)
        } catch {
            endComparison(index, at: now, effects: &effects)
            return
        }
        if let question = comparison.walk.nextQuestion() {
            guard isInTime(comparison, index, at: now, effects: &effects) else { return }
            comparison.question = question
            comparison.attempts = 1
            comparisons[index] = comparison
            ask(question, index, effects: &effects)
            return
        }
        comparisons[index] = nil
        conclude(comparison, with: index, at: now, effects: &effects)
    }

    /// No answer, or a refusal: the same question again, a bounded number of times.
    mutating func comparisonFailed(_ index: Int, at now: Instant, effects: inout Effects) {
        guard var comparison = comparisons[index],
            isInTime(comparison, index, at: now, effects: &effects)
        else { return }
        guard comparison.attempts < settings.attempts, members[index].standing.isReachable else {
            endComparison(index, at: now, effects: &effects)
            return
        }
        effects.mark(.comparisonRepeated)
        comparison.attempts += 1
        comparisons[index] = comparison
        ask(comparison.question, index, effects: &effects)
    }

    /// Gives up one that takes too long: the node waits for its next turn as everybody does.
    private mutating func isInTime(
        _ comparison: Comparison, _ index: Int, at now: Instant, effects: inout Effects
    ) -> Bool {
        guard now - comparison.startedAt >= comparisonTime else { return true }
        comparisons[index] = nil
        effects.mark(.comparisonGivenUp)
        effects.note(.comparisonFailed(with: members[index].peer))
        return false
    }

    private mutating func endComparison(
        _ index: Int, at now: Instant, effects: inout Effects
    ) {
        comparisons[index] = nil
        effects.note(.comparisonFailed(with: members[index].peer))
        members[index].nextComparison = min(
            members[index].nextComparison, now + settings.antiEntropyInterval / 8)
    }

    private mutating func conclude(
        _ comparison: Comparison, with index: Int, at now: Instant, effects: inout Effects
    ) {
        let missing = comparison.walk.missing
        let surplus = comparison.walk.surplus
        effects.note(
            .comparisonFinished(
                with: members[index].peer, isEqual: missing.isEmpty && surplus.isEmpty,
                inventoryCount: comparison.inventoryCount, comparison.walk.statistics))
        for id in missing {
            // Counted on before the comparison began, or it may only have arrived meanwhile.
            let since = chunks[id]?.holders.first { $0.member == index }?.since
            guard let since, since < comparison.startedAt else {
                effects.mark(.comparisonMetArrival)
                continue
            }
            replicaMissing(id, on: index, .comparison, at: now, effects: &effects)
        }
        let found = surplus.filter { !comparison.deleted.contains($0) }
        if found.count < surplus.count { effects.mark(.comparisonMetDeletion) }
        let held = comparison.inventoryCount - missing.count + surplus.count
        let collects = mayCollect(found, of: held, from: index, at: now, effects: &effects)
        var stillOrphaned: [ChunkID: Instant] = [:]
        for id in found {
            if let since = judgeSurplus(
                id, on: index, collects: collects, at: now, effects: &effects)
            {
                stillOrphaned[id] = since
            }
        }
        orphans[index] = stillOrphaned.isEmpty ? nil : stillOrphaned
    }

    /// Whether orphans among a surplus may go. A ledger that was lost, or is older than it was, does not
    /// name what it should: who believed it would delete the last copies.
    private func mayCollect(
        _ surplus: [ChunkID], of held: Int, from index: Int, at now: Instant,
        effects: inout Effects
    ) -> Bool {
        let due = surplus.count { id in
            guard chunks[id] == nil, !released.contains(id.hash.prefix),
                let since = orphans[index]?[id]
            else { return false }
            return now - since >= settings.orphanGrace
        }
        guard due > settings.collectible(of: held) else { return true }
        effects.mark(.collectionStopped)
        effects.note(.collectionStopped(on: members[index].peer, orphans: due, held: held))
        return false
    }

    /// Adopts, deletes or watches a replica that was not expected. Returns since when it is watched.
    private mutating func judgeSurplus(
        _ id: ChunkID, on index: Int, collects: Bool, at now: Instant, effects: inout Effects
    ) -> Instant? {
        guard let chunk = chunks[id] else {
            effects.note(.surplusFound(id, on: members[index].peer))
            let since = orphans[index]?[id] ?? now
            guard now - since >= settings.orphanGrace,
                collects || released.contains(id.hash.prefix)
            else { return since }
            effects.mark(.orphanCollected)
            journal.whenDurable(.delete(id, member: index))
            return nil
        }
        // Staged, on its way, counted since the comparison began, or about to be deleted.
        guard chunk.isCommitted, !chunk.isHeld(by: index), !chunk.underWay.contains(index),
            !chunk.deleting.contains(index)
        else { return nil }
        effects.note(.surplusFound(id, on: members[index].peer))
        // Members that are merely thought to come back are no reason to let go of what is there, nor are
        // many in few failure domains where this one is in another.
        let isSpread = !isCrowded(chunk) || domainsInUse(by: id).contains(members[index].domain)
        if isSpread && presentHolders(of: chunk).count >= settings.replicas
            || !members[index].standing.countsForRedundancy
        {
            effects.mark(.surplusDeleted)
            journal.whenDurable(.delete(id, member: index))
        } else {
            effects.mark(.replicaAdopted)
            addHolder(index, to: id, at: now)
            reconcile(id, at: now, effects: &effects)
        }
        return nil
    }
}

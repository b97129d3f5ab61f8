package import Primitives

/// Finds where a local inventory and a remote one differ, by question and answer.
///
/// A state machine without I/O: send `nextQuestion`, hand the answer to `receive`, until
/// `isFinished`. The first question tells the root hash, and equal sets end there. Where hashes
/// differ the walk goes down, all differing subtrees of a level in one question (in batches of
/// `InventoryQuestion.maximumPrefixes`, the deepest first, so that what waits stays small).
///
/// For sets of n random ids that differ in d, with buckets of L: about log₁₆(n/L) rounds after the
/// first, at most 16·d hashes a round, and in the end at most L·d ids; sending everything would be
/// 32·n bytes.
///
/// The local set is the one handed in, whatever happens to the caller's afterwards. The remote one
/// may change meanwhile: what it holds differently by then may or may not be found. Hence an answer
/// is not held against the hash that led to the question.
package struct InventoryComparison: Sendable {
    /// What a remote may make us ask and remember before it is taken for hostile.
    package struct Limits: Equatable, Sendable {
        /// The most ids that the remote may hold beyond ours.
        package var surplus: Int
        /// The most subtrees that we ask about in all. Fewer than one for each id that either party
        /// holds are needed when ids are hashes.
        package var prefixes: Int

        package init(surplus: Int = 1 << 20, prefixes: Int = 1 << 20) {
            self.surplus = surplus
            self.prefixes = prefixes
        }
    }

    /// What a comparison cost so far, both directions together unless named.
    package struct Statistics: Equatable, Sendable {
        /// Answers that were taken in.
        package internal(set) var rounds = 0
        /// Hashes that questions and answers carried.
        package internal(set) var hashes = 0
        /// Ids that answers carried.
        package internal(set) var ids = 0
        /// Encoded bytes of questions, each time that one was handed out.
        package internal(set) var bytesSent = 0
        /// Encoded bytes of answers that were taken in.
        package internal(set) var bytesReceived = 0
    }

    private enum State {
        /// Nothing is under way. → waiting, finished
        case ready
        /// This question is. → ready, finished, failed
        case waiting(InventoryQuestion)
        /// Every difference is known.
        case finished
        /// The remote broke the rules.
        case failed
    }

    /// What the comparison cost so far.
    package private(set) var statistics = Statistics()
    /// Ids that the local set has and the remote one lacks, as far as known; ascending once finished.
    package private(set) var missing: [ChunkID] = []
    /// Ids that the remote set has and the local one lacks, as far as known; ascending once finished.
    package private(set) var surplus: [ChunkID] = []

    private let local: InventoryNode
    private let limits: Limits
    private var state = State.ready
    private var pending: [InventoryPrefix] = []
    private var askedPrefixes = 1
    private var isOpen = false

    /// Starts a comparison from the side of `local`. Hashes what changed in it since its `rootHash`
    /// was last read; reading that first keeps the work for next time.
    package init(local: InventoryTree, limits: Limits = Limits()) {
        var local = local
        _ = local.rootHash
        self.local = local.root
        self.limits = limits
    }

    /// Whether nothing is left to ask. After an error too; `missing` and `surplus` are then partial.
    package var isFinished: Bool {
        switch state {
        case .finished, .failed: true
        case .ready, .waiting: false
        }
    }

    /// The question to send; the same again until its answer is received, nil once finished.
    package mutating func nextQuestion() -> InventoryQuestion? {
        let question: InventoryQuestion
        switch state {
        case .finished, .failed: return nil
        case .waiting(let unanswered): question = unanswered
        case .ready:
            if isOpen {
                let batch = pending.suffix(InventoryQuestion.maximumPrefixes)
                question = InventoryQuestion(prefixes: Array(batch))
                pending.removeLast(batch.count)
            } else {
                question = InventoryQuestion(opening: local.hash)
                isOpen = true
            }
            state = .waiting(question)
            statistics.hashes += question.hashCount
        }
        statistics.bytesSent += question.encodedByteCount
        return question
    }

    /// Takes in the answer to the last question. An error ends the comparison.
    package mutating func receive(_ answer: InventoryAnswer) throws(InventoryComparisonError) {
        guard case .waiting(let question) = state else { throw .unexpectedAnswer }
        do {
            try Self.check(answer, for: question)
            statistics.rounds += 1
            statistics.hashes += answer.hashCount
            statistics.ids += answer.idCount
            statistics.bytesReceived += answer.encodedByteCount
            for (prefix, entry) in zip(question.prefixes, answer.entries) {
                try take(entry, at: prefix)
            }
        } catch {
            state = .failed
            pending = []
            throw error
        }
        if pending.isEmpty { finish() } else { state = .ready }
    }

    private mutating func finish() {
        missing.sort()
        surplus.sort()
        state = .finished
    }
}

// MARK: - Taking in one entry

extension InventoryComparison {
    private mutating func take(
        _ entry: InventoryAnswer.Entry, at prefix: InventoryPrefix
    ) throws(InventoryComparisonError) {
        switch entry {
        case .same:
            break
        case .bucket(let remote):
            try compare(local.subtree(at: prefix), withBucket: remote)
        case .children(let hashes):
            let mine = local.subtree(at: prefix)
            let own = mine.childHashes(depth: prefix.depth)
            // The greatest first: the end of what waits is asked first, so this walks upwards.
            for digit in (0..<16).reversed() where hashes[digit] != own[digit] {
                guard let child = prefix.child(digit) else { throw .tooDeep(prefix) }
                if hashes[digit] == .zero {
                    local.subtree(at: child).appendIDs(to: &missing)
                } else {
                    try ask(about: child)
                }
            }
        }
    }

    private mutating func ask(about prefix: InventoryPrefix) throws(InventoryComparisonError) {
        askedPrefixes += 1
        guard askedPrefixes <= limits.prefixes else {
            throw .tooManyPrefixes(limit: limits.prefixes)
        }
        pending.append(prefix)
    }

    /// Merges two ascending lists and notes what only one of them has.
    private mutating func compare(
        _ subtree: InventoryNode, withBucket remote: [ChunkID]
    ) throws(InventoryComparisonError) {
        var own: [ChunkID] = []
        subtree.appendIDs(to: &own)
        var rest = remote[...]
        for id in own {
            while let other = rest.first, other < id { surplus.append(rest.removeFirst()) }
            if rest.first == id { rest.removeFirst() } else { missing.append(id) }
        }
        surplus.append(contentsOf: rest)
        guard surplus.count <= limits.surplus else {
            throw .tooManySurplusIDs(limit: limits.surplus)
        }
    }
}

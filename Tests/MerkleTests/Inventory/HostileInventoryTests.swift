import Merkle
import Primitives
import Testing

@Suite("A comparison with a remote that breaks the rules")
struct HostileInventoryTests {
    typealias Entry = InventoryAnswer.Entry

    private static let full = [Hash256](repeating: Hash256(1, 2, 3, 4), count: 16)

    /// What comes of answering the second question, about the child 5 of the root, with `entries`.
    private func failure(_ entries: [Entry]) throws -> InventoryComparisonError? {
        var random = RandomSource(testSeed: 1)
        var comparison = InventoryComparison(local: InventoryTree(random.chunks(100)))
        let opening = try comparison.question()
        var hashes = Self.ownHashes
        hashes[5] = Hash256(9, 9, 9, 9)
        try comparison.receive(
            InventoryAnswer(question: opening.fingerprint, entries: [.children(hashes)]))
        let question = try comparison.question()
        #expect(question.prefixes == [InventoryPrefix.root.child(5)])
        let error = #expect(throws: InventoryComparisonError.self) {
            try comparison.receive(
                InventoryAnswer(question: question.fingerprint, entries: entries))
        }
        #expect(comparison.isFinished && comparison.nextQuestion() == nil)
        return error
    }

    /// The child hashes of the local set in `failure`.
    private static let ownHashes: [Hash256] = {
        var random = RandomSource(testSeed: 1)
        var tree = InventoryTree(random.chunks(100))
        let answer = tree.answer(InventoryQuestion(prefixes: [.root]))
        guard case .children(let hashes) = answer.entries[0] else { return [] }
        return hashes
    }()

    private func id(_ first: UInt64) -> ChunkID { ChunkID(Hash256(first << 56, 0, 0, 0)) }

    @Test
    func `ends in an error that says which rule`() throws {
        let prefix = InventoryPrefix.root.child(5)!
        #expect(try failure([]) == .wrongEntryCount(expected: 1, found: 0))
        #expect(
            try failure([.bucket([]), .bucket([])]) == .wrongEntryCount(expected: 1, found: 2))
        #expect(try failure([.same]) == .unfoundedEquality(prefix))
        #expect(
            try failure([.children(Array(Self.full[1...]))])
                == .wrongChildCount(prefix, found: 15))
        #expect(try failure([.children([])]) == .wrongChildCount(prefix, found: 0))
        #expect(
            try failure([.children([Hash256](repeating: .zero, count: 16))])
                == .emptyChildren(prefix))
        let many = (0..<17).map { ChunkID(Hash256(0x50 << 56 + UInt64($0), 0, 0, 0)) }
        #expect(try failure([.bucket(many)]) == .bucketTooLarge(prefix, count: 17))
        #expect(try failure([.bucket([id(0x52), id(0x51)])]) == .bucketOutOfOrder(prefix))
        #expect(try failure([.bucket([id(0x52), id(0x52)])]) == .bucketOutOfOrder(prefix))
        #expect(try failure([.bucket([id(0x60)])]) == .idOutsidePrefix(prefix, id(0x60)))
    }

    @Test
    func `does not take an answer to another question, nor one that it did not ask for`() throws {
        var random = RandomSource(testSeed: 2)
        var remote = InventoryTree(random.chunks(100))
        var comparison = InventoryComparison(local: InventoryTree())
        let stray = remote.answer(InventoryQuestion(prefixes: [.root]))
        #expect(throws: InventoryComparisonError.unexpectedAnswer) {
            try comparison.receive(stray)
        }
        let question = try comparison.question()
        var late = comparison
        #expect(
            throws: InventoryComparisonError.wrongQuestion(
                expected: question.fingerprint, found: stray.question)
        ) { try late.receive(stray) }
        try comparison.receive(remote.answer(question))
        #expect(throws: InventoryComparisonError.unexpectedAnswer) {
            try comparison.receive(remote.answer(question))
        }
    }

    /// Answers every question with as many differences as the rules allow.
    private func endless(_ question: InventoryQuestion, bucketsFrom depth: Int) -> InventoryAnswer {
        InventoryAnswer(
            question: question.fingerprint,
            entries: question.prefixes.map { prefix in
                guard prefix.depth >= depth else { return .children(Self.full) }
                return .bucket(
                    (0..<16).map {
                        ChunkID(prefix.digits.replacingNibble(at: 63, with: $0))
                    })
            })
    }

    @Test
    func `that never comes to an end is cut off at the limits`() throws {
        for (depth, expected) in [
            (64, InventoryComparisonError.tooManyPrefixes(limit: 20_000)),
            (4, .tooManySurplusIDs(limit: 10_000)),
        ] {
            var comparison = InventoryComparison(
                local: InventoryTree(),
                limits: InventoryComparison.Limits(surplus: 10_000, prefixes: 20_000))
            let error = #expect(throws: InventoryComparisonError.self) {
                while let question = comparison.nextQuestion() {
                    #expect(question.prefixes.count <= InventoryQuestion.maximumPrefixes)
                    try comparison.receive(endless(question, bucketsFrom: depth))
                }
            }
            #expect(error == expected)
            #expect(comparison.isFinished)
        }
    }

    @Test
    func `cannot lead deeper than the ids are long`() throws {
        var comparison = InventoryComparison(local: InventoryTree())
        var only = [Hash256](repeating: .zero, count: 16)
        only[3] = Hash256(1, 1, 1, 1)
        let error = #expect(throws: InventoryComparisonError.self) {
            while let question = comparison.nextQuestion() {
                try comparison.receive(
                    InventoryAnswer(question: question.fingerprint, entries: [.children(only)]))
            }
        }
        let deepest = InventoryPrefix(
            Hash256(UInt64.max / 15 * 3, UInt64.max / 15 * 3, UInt64.max / 15 * 3, .max / 15 * 3),
            depth: 63)
        #expect(error == .tooDeep(deepest))
        #expect(comparison.statistics.rounds == 63)
    }

    @Test
    func `that asks gets an answer of bounded size, whatever the question`() {
        var random = RandomSource(testSeed: 3)
        let anchor = random.chunk()
        var tree = InventoryTree(
            (0..<500).map { _ in random.chunk(like: anchor, digits: random.below(64)) })
        let prefixes = (0..<1_000).map { _ in
            InventoryPrefix(
                random.chance(0.5) ? anchor.hash : random.hash(), depth: random.below(64))
        }
        let answer = tree.answer(InventoryQuestion(prefixes: prefixes))
        #expect(answer.entries.count == InventoryQuestion.maximumPrefixes)
        #expect(answer.encodedByteCount < 132 * 1_024)
        for (prefix, entry) in zip(prefixes, answer.entries) {
            let held = tree.filter(prefix.contains)
            switch entry {
            case .same: Issue.record("no root hash was told")
            case .children(let hashes):
                #expect(held.count > 16)
                for digit in 0..<16 {
                    let isHeld = held.contains { $0.hash.nibble(at: prefix.depth) == digit }
                    #expect((hashes[digit] != .zero) == isHeld)
                }
            case .bucket(let ids): #expect(ids == held)
            }
        }
        #expect(tree.answer(InventoryQuestion(prefixes: [])).entries.isEmpty)
    }

    @Test
    func `that answers with random entries is refused or ends, and never harms`() throws {
        for seed in 1...300 as ClosedRange<UInt64> {
            var random = RandomSource(testSeed: seed)
            var comparison = InventoryComparison(
                local: InventoryTree(random.chunks(random.below(200))),
                limits: InventoryComparison.Limits(surplus: 500, prefixes: 500))
            do {
                while let question = comparison.nextQuestion() {
                    let entries = question.prefixes.map { prefix -> Entry in
                        switch random.below(20) {
                        case 0: return .same
                        case 1: return .bucket(random.chunks(random.below(20)))
                        case 2..<12:
                            let first = ChunkID(prefix.digits)
                            let ids = (0..<random.below(17)).map { _ in
                                random.chunk(like: first, digits: prefix.depth)
                            }
                            return .bucket(ids.sorted())
                        default:
                            return .children(
                                (0..<16).map { _ in random.chance(0.8) ? .zero : random.hash() })
                        }
                    }
                    try comparison.receive(
                        InventoryAnswer(question: question.fingerprint, entries: entries))
                }
            } catch {
                // Refused: as good an end as any.
            }
            #expect(comparison.isFinished, "seed \(seed)")
            #expect(comparison.surplus.count <= 500 + 256 * 16, "seed \(seed)")
        }
    }
}

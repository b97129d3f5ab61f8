import Merkle
import Primitives
import Testing

@Suite("Inventory messages")
struct InventoryMessageTests {
    private static func samples(seed: UInt64) -> ([InventoryQuestion], [InventoryAnswer]) {
        var random = RandomSource(testSeed: seed)
        var tree = InventoryTree(random.chunks(2_000))
        var questions = [
            InventoryQuestion(opening: tree.rootHash), InventoryQuestion(opening: random.hash()),
        ]
        for count in [1, 2, 17, 256] {
            let prefixes = (0..<count).map { _ in
                InventoryPrefix(random.hash(), depth: random.below(5))
            }
            questions.append(InventoryQuestion(prefixes: prefixes))
        }
        questions.append(
            InventoryQuestion(
                prefixes: [63, 62, 1].map { InventoryPrefix(random.hash(), depth: $0) }))
        return (questions, questions.map { tree.answer($0) })
    }

    @Test(arguments: 1...5)
    func `survive their encoding and say their size`(seed: UInt64) throws {
        let (questions, answers) = Self.samples(seed: seed)
        for question in questions {
            let bytes = question.encoded()
            #expect(bytes.count == question.encodedByteCount, "seed \(seed)")
            #expect(try InventoryQuestion(decoding: bytes) == question, "seed \(seed)")
        }
        for answer in answers {
            let bytes = answer.encoded()
            #expect(bytes.count == answer.encodedByteCount, "seed \(seed)")
            #expect(try InventoryAnswer(decoding: bytes) == answer, "seed \(seed)")
        }
    }

    @Test
    func `cut short or lengthened are refused`() {
        let (questions, answers) = Self.samples(seed: 9)
        for bytes in questions.map({ $0.encoded() }) {
            for count in 0..<bytes.count {
                #expect(throws: ByteReaderError.self) {
                    try InventoryQuestion(decoding: Array(bytes[..<count]))
                }
            }
            #expect(throws: ByteReaderError.self) { try InventoryQuestion(decoding: bytes + [0]) }
        }
        for bytes in answers.map({ $0.encoded() }) where bytes.count < 3_000 {
            for count in 0..<bytes.count {
                #expect(throws: ByteReaderError.self) {
                    try InventoryAnswer(decoding: Array(bytes[..<count]))
                }
            }
            #expect(throws: ByteReaderError.self) { try InventoryAnswer(decoding: bytes + [0]) }
        }
    }

    @Test
    func `with random bytes changed decode to what encodes to those bytes, or not at all`() {
        var random = RandomSource(testSeed: 10)
        let (questions, answers) = Self.samples(seed: 10)
        for _ in 0..<5_000 {
            var question = questions[random.below(questions.count)].encoded()
            question[random.below(min(question.count, 64))] = UInt8(random.below(256))
            if let decoded = try? InventoryQuestion(decoding: question) {
                #expect(decoded.encoded() == question)
            }
            var answer = answers[random.below(answers.count)].encoded()
            answer[random.below(min(answer.count, 64))] = UInt8(random.below(256))
            if let decoded = try? InventoryAnswer(decoding: answer) {
                #expect(decoded.encoded() == answer)
            }
        }
    }

    @Test(
        arguments: [
            ([2], "a kind of inventory question"), ([1, 0, 0], "1 to 256 prefixes"),
            ([1, 1, 1], "1 to 256 prefixes"), ([1, 0, 1, 64], "a prefix of 63 digits at most"),
            ([1, 0, 1, 1, 0x1F], "zeros after a prefix"),
        ] as [([UInt8], String)])
    func `refuse numbers beyond their bounds`(bytes: [UInt8], what: String) {
        let error = #expect(throws: ByteReaderError.self) {
            try InventoryQuestion(decoding: bytes)
        }
        guard case .invalid(what, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test
    func `answer within their bounds`() {
        let head = [UInt8](repeating: 0, count: 8)
        func failure(_ bytes: [UInt8]) -> ByteReaderError? {
            #expect(throws: ByteReaderError.self) { try InventoryAnswer(decoding: head + bytes) }
        }
        #expect(failure([1, 1]) == .invalid(what: "256 entries at most", offset: 8))
        #expect(failure([0, 1, 3]) == .invalid(what: "a kind of inventory entry", offset: 10))
        #expect(failure([0, 1, 2, 17]) == .invalid(what: "16 ids at most", offset: 11))
        // An empty subtree is told by its bit, and so has one encoding.
        let zero = [UInt8](repeating: 0, count: 32)
        #expect(
            failure([0, 1, 1, 0, 1] + zero)
                == .invalid(what: "a hash other than zero", offset: 13))
    }

    @Test
    func `tell themselves apart by their fingerprints`() {
        let (questions, answers) = Self.samples(seed: 11)
        #expect(Set(questions.map(\.fingerprint)).count == questions.count)
        #expect(Set(answers.map(\.fingerprint)).count == answers.count)
        var random = RandomSource(testSeed: 12)
        let deep = InventoryPrefix(random.hash(), depth: 40)
        let siblings = (0..<16).map { InventoryQuestion(prefixes: [deep.child($0)!]) }
        #expect(Set(siblings.map(\.fingerprint)).count == 16)
        let hash = random.hash()
        let altered = (0..<256).map {
            InventoryAnswer(question: 1, entries: [.bucket([ChunkID(hash.flipping(bit: $0))])])
        }
        #expect(Set(altered.map(\.fingerprint)).count == 256)
    }

    @Test
    func `count the hashes and ids that they carry`() {
        let answer = InventoryAnswer(
            question: 0,
            entries: [
                .same, .bucket([ChunkID(.zero)]),
                .children([Hash256(1, 2, 3, 4)] + [Hash256](repeating: .zero, count: 15)),
            ])
        #expect(answer.hashCount == 1 && answer.idCount == 1)
        #expect(answer.encodedByteCount == 10 + 1 + (1 + 1 + 32) + (1 + 2 + 32))
        #expect(InventoryQuestion(opening: .zero).hashCount == 1)
    }
}

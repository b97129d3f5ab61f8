/// An answer between servers as it travels.
package struct WireAnswer: Sendable, Equatable {
    package var status: Int
    package var body: Body

    package enum Body: Sendable, Equatable {
        /// The status says it all.
        case none
        case json([UInt8])
        case bytes([UInt8])
        /// A code for programs, and a sentence for people.
        case refusal(code: String, String)
    }

    package init(_ status: Int, _ body: Body = .none) {
        self.status = status
        self.body = body
    }

    /// The bytes that were received: what they are follows from the request.
    var bytes: [UInt8] {
        switch body {
        case .json(let bytes), .bytes(let bytes): bytes
        case .none, .refusal: []
        }
    }

    func expect(_ expected: Int) throws(WireError) {
        guard status == expected else { throw .unexpectedStatus(status) }
    }

    static func refused(_ message: String) -> WireAnswer {
        WireAnswer(403, .refusal(code: "refused", message))
    }

    static let noSuchChunk = WireAnswer(
        404, .refusal(code: "no-such-chunk", "No intact copy of the chunk is here."))

    static let unavailable = WireAnswer(
        503,
        .refusal(code: "unavailable", "The chunk cannot be read from the disk now. Try again."))

    /// Whether a node refuses with this. A status alone would not do: whatever else answers at the
    /// address of a node that moved says that it knows no such thing.
    func says(_ refusal: WireAnswer, _ edge: some Edge) -> Bool {
        guard case .refusal(let code, _) = refusal.body else { return false }
        return status == refusal.status && edge.refusalCode(bytes) == code
    }
}

/// An outcome that is answered by its status alone, or that stands on the wire as a word.
package protocol Outcome: CaseIterable, Sendable, Equatable {}

extension Outcome {
    var word: String { String(describing: self) }

    init?(word: String) {
        guard let outcome = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = outcome
    }
}

/// An outcome with a status of its own, so that no body need say it.
package protocol StatusOutcome: Outcome {
    var wire: WireAnswer { get }
}

extension StatusOutcome {
    /// Throws for the status of no outcome.
    init(status: Int) throws(WireError) {
        guard let outcome = Self.allCases.first(where: { $0.wire.status == status }) else {
            throw .unexpectedStatus(status)
        }
        self = outcome
    }
}

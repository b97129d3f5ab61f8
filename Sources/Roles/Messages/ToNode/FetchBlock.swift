package import Ledger
import Primitives

/// Asks a node what it keeps and knows of the asker's ledger, and for one of its blocks.
package struct FetchBlockRequest: Sendable, Equatable {
    package var height: UInt64
}

/// What a node keeps and knows of a ledger.
package enum FetchBlockAnswer: Sendable, Equatable {
    case known(KnownLedger)
    case refused
}

/// A ledger as a node knows it.
package struct KnownLedger: Sendable, Equatable {
    /// The highest head that its backend showed.
    package var head: SignedHeader?
    /// How many blocks the node keeps, from the first on without a gap.
    package var count: UInt64
    /// The encoded block that was asked for; nil where it is not here, or cannot be read now.
    package var block: Payload?

    package init(head: SignedHeader? = nil, count: UInt64, block: Payload? = nil) {
        self.head = head
        self.count = count
        self.block = block
    }
}

extension FetchBlockRequest: ServerRequest {
    package static let kind = MessageKind("fetch block")
    package var bodyByteCount: Int { 64 }
    package var words: (UInt64, UInt64) { (height, 0) }

    package static let route = Route(.get, "/ledger/{height}")
    package static let askers = [MemberRole.backend]
    package static let answerLimit = KnownLedger.byteCount + ProtocolSettings.chunkBytes.upperBound

    package func encode(_ edge: some Edge) -> WireRequest? { WireRequest(Self.route, [height]) }

    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {
        height = try SignedHeader.admit(height: wire.parameter(0))
    }

    package static func encode(_ reply: FetchBlockAnswer, _ edge: some Edge) -> WireAnswer {
        switch reply {
        case .known(let ledger): WireAnswer(200, .bytes(ledger.encoded()))
        case .refused: .refused("The node does not serve this backend.")
        }
    }

    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> FetchBlockAnswer
    {
        if wire.status == 403 { return .refused }
        try wire.expect(200)
        return .known(
            try translating(
                try KnownLedger(decoding: wire.bytes),
                to: WireError.malformed("not an answer about a ledger")))
    }

    package var request: Request { .node(.fetchBlock(self)) }
    package static func answer(_ reply: FetchBlockAnswer) -> Answer { .node(.fetchBlock(reply)) }
}

extension FetchBlockAnswer: MessageContent {
    package static let kind = MessageKind("fetch block answer")
    package var bodyByteCount: Int {
        switch self {
        case .known(let ledger): KnownLedger.byteCount + (ledger.block?.byteCount ?? 0)
        case .refused: 24
        }
    }
    package var words: (UInt64, UInt64) {
        switch self {
        case .known(let ledger):
            (ledger.count, ledger.block?.word ?? ledger.head?.header.ledgerRoot.prefix ?? 0)
        case .refused: (0, 2)
        }
    }
}

extension KnownLedger {
    /// Of an encoded one with a head and without a block.
    static let byteCount = 8 + 1 + SignedHeader.encodedByteCount

    /// The count; the head behind a byte that says whether there is one; the block, if any, to the end.
    func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: Self.byteCount + (block?.bytes.count ?? 0))
        writer.write(count)
        writer.write(UInt8(head == nil ? 0 : 1))
        if let head { writer.write(fixed: head.encoded()) }
        if let block { writer.write(fixed: block.bytes) }
        return writer.bytes
    }

    /// Reads what `encoded` wrote; throws for anything else.
    init(decoding bytes: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        count = try reader.read(UInt64.self)
        let start = reader.offset
        let hasHead = try reader.read(UInt8.self)
        if hasHead == 1 {
            head = SignedHeader(
                admitting: try reader.readFixed(SignedHeader.encodedByteCount))
        }
        guard hasHead <= 1, (head != nil) == (hasHead == 1), SignedHeader.heights ~= count else {
            throw .invalid(what: "the head of a ledger", offset: start)
        }
        guard reader.remaining > 0 else { return }
        let rest = Array(bytes[reader.offset...])
        guard SignedHeader(ofBlock: rest) != nil else {
            throw .invalid(what: "a block", offset: reader.offset)
        }
        block = Payload(bytes: rest, byteCount: rest.count)
    }
}

import Cryptography
import Ledger
import Merkle
import Primitives

@testable import Roles
@testable import Server

/// What servers say to each other, for tests of how it travels: of every kind some, with the least
/// and the greatest numbers.
struct ServerMessageSamples {
    let backend: TestPeer
    let node: TestPeer
    let source: TestPeer
    /// Knows all three, and signs as the backend.
    let edge: ServerEdge

    static let chunk = ChunkID(SHA256.hash([1]))

    init() throws {
        let token = JoinToken("a token for tests")!
        backend = try TestPeer(.backend, seed: 1, token: token)
        node = try TestPeer(.node, seed: 2, token: token)
        source = try TestPeer(.node, seed: 3, token: token)
        edge = backend.edge(knowing: [backend.member, node.member, source.member])
    }

    /// A request and what may be answered.
    struct Exchange<Asked: ServerRequest> {
        var asked: Asked
        var replies: [Asked.Reply]
    }

    /// Takes exchanges of every kind.
    protocol Visitor {
        func visit<Asked: ServerRequest>(_ exchange: Exchange<Asked>) throws
    }

    func visit(_ visitor: some Visitor) throws {
        try visitDiscovery(visitor)
        try visitNode(visitor)
        try visitor.visit(Exchange(asked: DamageReport(chunk: Self.chunk), replies: []))
        try visitor.visit(
            Exchange(
                asked: LeaveRequest(),
                replies: [true, false].map { LeaveAnswer(isGranted: $0) }))
    }

    private func visitDiscovery(_ visitor: some Visitor) throws {
        for number in [UInt64.min, 1, .max - 1, .max] {
            let small = UInt32(truncatingIfNeeded: number)
            try visitor.visit(
                Exchange(asked: registration(number), replies: [Lease(number: small)]))
            try visitor.visit(
                Exchange(
                    asked: Heartbeat(lease: small, freeBytes: number),
                    replies: [true, false].map {
                        HeartbeatAnswer(isKnown: $0, time: $0 ? Self.lastTime : nil)
                    }))
            let reports = PeerStatus.allCases.map {
                PeerReport(registration: registration(number), status: $0)
            }
            try visitor.visit(
                Exchange(
                    asked: PeersRequest(epoch: number, since: number),
                    replies: [[], reports].map {
                        PeersAnswer(
                            epoch: number, version: number, reports: $0,
                            time: $0.isEmpty ? nil : Instant.origin)
                    }))
        }
        try visitor.visit(Exchange(asked: Unregister(), replies: []))
    }

    private func visitNode(_ visitor: some Visitor) throws {
        let chunk = Self.chunk
        for stamp in [.origin, .origin + .nanoseconds(1), Instant.admitted.upperBound] {
            try visitor.visit(
                Exchange(
                    asked: store(at: stamp),
                    replies: StoreOutcome.allCases.map { StoreAnswer(chunk: chunk, outcome: $0) }))
            try visitor.visit(
                Exchange(
                    asked: DeleteRequest(chunk: chunk, stamp: stamp, expires: stamp),
                    replies: DeleteOutcome.allCases))
            try visitor.visit(
                Exchange(
                    asked: RestoreRequest(chunk: chunk),
                    replies: RestoreOutcome.allCases.map {
                        RestoreAnswer(chunk: chunk, outcome: $0)
                    }))
            try visitor.visit(
                Exchange(
                    asked: copy(from: source.id, at: stamp),
                    replies: CopyOutcome.allCases.map { CopyAnswer(chunk: chunk, outcome: $0) }))
            let capability = try given(capability(expires: stamp))
            try visitor.visit(
                Exchange(
                    asked: RetrieveRequest(chunk: chunk, capability: capability),
                    replies: retrieveAnswers))
        }
        try visitor.visit(
            Exchange(
                asked: RetrieveRequest(chunk: chunk, capability: nil), replies: retrieveAnswers))
        for question in [InventoryQuestion(opening: .zero), InventoryQuestion(prefixes: [.root])] {
            var tree = InventoryTree([chunk])
            try visitor.visit(
                Exchange(
                    asked: InventoryRequest(question),
                    replies: [
                        .answered(tree.answer(question)), .refused,
                        .answered(tree.answer(question), time: Self.lastTime),
                    ]))
        }
        let proof = AuditOutcome.proven(SHA256.hash([3]))
        let outcomes: [AuditOutcome] = [proof, .missing, .refused, .unavailable]
        let timed = AuditAnswer(chunk: chunk, outcome: proof, time: Self.lastTime)
        try visitor.visit(
            Exchange(
                asked: AuditRequest(chunk: chunk, nonce: SHA256.hash([2])),
                replies: outcomes.map { AuditAnswer(chunk: chunk, outcome: $0) } + [timed]))
        try visitLedger(visitor)
    }

    private func visitLedger(_ visitor: some Visitor) throws {
        var writer = LedgerWriter(signingKey: source.identity.key)
        let written = writer.append([], at: .origin)
        let (head, bytes) = (written.signedHeader, written.encoded())
        let block = Payload(bytes: bytes, byteCount: bytes.count)
        for height in [0, 1, UInt64(1) << 44] {
            try visitor.visit(
                Exchange(
                    asked: KeepBlockRequest(height: height, block: block),
                    replies: KeepBlockOutcome.allCases.map {
                        KeepBlockAnswer(outcome: $0, count: height)
                    }))
            let known = [KnownLedger(count: height), KnownLedger(head: head, count: height)]
            try visitor.visit(
                Exchange(
                    asked: FetchBlockRequest(height: height),
                    replies: [.refused] + known.map { .known($0) }
                        + [.known(KnownLedger(head: head, count: height, block: block))]))
        }
        try visitor.visit(
            Exchange(
                asked: DeleteRequest(
                    chunk: Self.chunk, stamp: .origin, expires: .origin, head: head),
                replies: DeleteOutcome.allCases))
    }

    // MARK: Parts

    private static let lastTime = Instant.admitted.upperBound

    private let retrieveAnswers: [RetrieveAnswer] = [
        .found(Payload(bytes: [7], byteCount: 1)), .missing, .refused, .unavailable,
    ]

    private func registration(_ number: UInt64) -> Registration {
        Registration(
            node: node.id, publicKey: node.identity.publicKey, incarnation: number,
            domain: UInt32(truncatingIfNeeded: number), capacityBytes: number, freeBytes: number)
    }

    func store(at stamp: Instant) -> StoreRequest {
        StoreRequest(
            chunk: Self.chunk, payload: Payload(bytes: [1], byteCount: 1), stamp: stamp)
    }

    func copy(from source: PeerID, at stamp: Instant) -> CopyRequest {
        CopyRequest(
            chunk: Self.chunk, byteCount: ProtocolSettings.chunkBytes.upperBound, source: source,
            stamp: stamp,
            capability: capability(expires: stamp))
    }

    func capability(expires: Instant) -> Capability {
        Capability(
            issuer: backend.id, bearer: node.id, chunk: Self.chunk, expires: expires)
    }

    /// The capability once the edge keeps it to be shown.
    private func given(_ capability: Capability) throws -> Capability {
        try edge.keep(
            capability: SignedCapability(capability, by: backend.identity).hexadecimal,
            for: source.member)
    }
}

import Merkle
package import Primitives
package import Roles

/// An answer between servers as an HTTP response.
package struct WireAnswer: Sendable, Equatable {
    package var status: Int
    package var contentType: String
    package var body: [UInt8]

    package static let json = "application/json"
    package static let bytes = "application/octet-stream"

    package init(status: Int, contentType: String, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    private init(json form: some Encodable, status: Int = 200) {
        self.init(status: status, contentType: Self.json, body: WireJSON.bytes(form))
    }

    private init(refusal code: String, _ message: String, status: Int) {
        self.init(json: ErrorForm(code: code, message: message), status: status)
    }
}

extension WireAnswer {
    /// What a discovery adds to its role's answers: who else is in the network.
    package struct Additions: Sendable {
        package var backends: [MemberForm] = []
        package var member: @Sendable (PeerID) -> MemberForm? = { _ in nil }

        package init() {}
    }

    /// Nil for a message that is no answer between servers.
    package init?(_ message: Message, additions: Additions = Additions()) {
        switch message {
        case .registered(let lease):
            self.init(json: RegisteredForm(lease: lease, backends: additions.backends))
        case .heartbeatAnswer(let isKnown):
            self.init(json: HeartbeatAnswerForm(isKnown: isKnown, backends: additions.backends))
        case .peersAnswer(let answer):
            let peers = answer.reports.map { report in
                PeerForm(
                    registration: NodeForm(report.registration),
                    status: StatusForm(report.status),
                    member: additions.member(report.registration.node))
            }
            self.init(
                json: PeersForm(
                    epoch: Word(answer.epoch), version: answer.version, peers: peers))
        case .stored(let chunk, let outcome):
            self.init(
                json: OutcomeForm(chunk: chunk, outcome: outcome.word, error: outcome.error),
                status: outcome.status)
        case .retrieved(.found(let payload)):
            self.init(status: 200, contentType: Self.bytes, body: payload.bytes)
        case .retrieved(.missing):
            self.init(
                refusal: "no-such-chunk", "No intact copy of the chunk is here.", status: 404)
        case .retrieved(.refused):
            self.init(
                refusal: "refused",
                "Reading takes a capability for this chunk and bearer that has not expired.",
                status: 403)
        case .copied(let chunk, let outcome):
            self.init(json: OutcomeForm(chunk: chunk, outcome: outcome.word))
        case .deleted(let outcome): self.init(json: OutcomeForm(chunk: nil, outcome: outcome.word))
        case .inventoryAnswer(let answer):
            self.init(status: 200, contentType: Self.bytes, body: answer.encoded())
        case .inventoryRefused:
            self.init(refusal: "refused", "The node does not serve this backend.", status: 403)
        case .audited(let chunk, .proven(let proof)):
            self.init(json: AuditAnswerForm(chunk: chunk, proof: proof))
        case .audited(_, .missing):
            self.init(
                refusal: "no-such-chunk", "No intact copy of the chunk is here.", status: 404)
        case .audited(_, .refused):
            self.init(refusal: "refused", "The node does not serve this backend.", status: 403)
        case .leaveAnswer(let isGranted): self.init(json: LeaveForm(isGranted: isGranted))
        default: return nil
        }
    }

    /// The role's message that answers `request`, and the members that it tells of. Throws for what
    /// no server of ours would answer.
    package func message(
        answering request: Message
    ) throws(WireError) -> (message: Message?, members: [Member]) {
        switch request {
        case .register:
            try expect(200)
            let form = try WireJSON.read(RegisteredForm.self, from: body)
            return (.registered(lease: form.lease), (form.backends ?? []).map(Member.init))
        case .heartbeat:
            try expect(200)
            let form = try WireJSON.read(HeartbeatAnswerForm.self, from: body)
            return (.heartbeatAnswer(isKnown: form.isKnown), (form.backends ?? []).map(Member.init))
        case .peers:
            try expect(200)
            return try peersMessage()
        case .store(let request):
            let outcome = try outcome(StoreOutcome.self)
            try expect(outcome.status)
            return (.stored(request.chunk, outcome), [])
        case .retrieve: return (.retrieved(try retrieved()), [])
        case .copy(let request):
            try expect(200)
            return (.copied(request.chunk, try outcome(CopyOutcome.self)), [])
        case .delete:
            try expect(200)
            return (.deleted(try outcome(DeleteOutcome.self)), [])
        case .inventory:
            if status == 403 { return (.inventoryRefused, []) }
            try expect(200)
            do {
                return (.inventoryAnswer(try InventoryAnswer(decoding: body)), [])
            } catch {
                throw .malformed("not an answer about an inventory")
            }
        case .audit(let request): return (.audited(request.chunk, try audited()), [])
        case .leave:
            guard status != 202 else { return (nil, []) }
            try expect(200)
            return (
                .leaveAnswer(isGranted: try WireJSON.read(LeaveForm.self, from: body).isGranted), []
            )
        default:
            guard 200..<300 ~= status else { throw .unexpectedStatus(status) }
            return (nil, [])
        }
    }

    private func expect(_ expected: Int) throws(WireError) {
        guard status == expected else { throw .unexpectedStatus(status) }
    }

    private func outcome<Outcome: WordedOutcome>(
        _ type: Outcome.Type
    ) throws(WireError) -> Outcome {
        guard !body.isEmpty else { throw .unexpectedStatus(status) }
        let form: OutcomeForm
        do {
            form = try WireJSON.read(OutcomeForm.self, from: body)
        } catch {
            // An error of the server, not an outcome.
            throw .unexpectedStatus(status)
        }
        guard let outcome = Outcome(word: form.outcome) else {
            throw .malformed("outcome is not one of those that there are")
        }
        return outcome
    }

    private func retrieved() throws(WireError) -> RetrieveAnswer {
        switch status {
        case 200:
            guard ProtocolSettings.chunkBytes ~= body.count else {
                throw .malformed("a chunk of \(body.count) bytes")
            }
            return .found(Payload(bytes: body, byteCount: body.count))
        case 404 where isMissing: return .missing
        case 403: return .refused
        default: throw .unexpectedStatus(status)
        }
    }

    /// Whether a node says that it does not hold a chunk. A status alone would not do: whatever else
    /// answers at the address of a node that moved says that it knows no such thing.
    private var isMissing: Bool {
        (try? WireJSON.read(ErrorForm.self, from: body))?.error.code == "no-such-chunk"
    }

    private func audited() throws(WireError) -> AuditAnswer {
        switch status {
        case 200: .proven(try WireJSON.read(AuditAnswerForm.self, from: body).proof)
        case 404 where isMissing: .missing
        case 403: .refused
        default: throw .unexpectedStatus(status)
        }
    }

    private func peersMessage() throws(WireError) -> (message: Message?, members: [Member]) {
        let form = try WireJSON.read(PeersForm.self, from: body)
        let reports = form.peers.map { peer in
            PeerReport(registration: peer.registration.registration, status: peer.status.status)
        }
        return (
            .peersAnswer(
                PeersAnswer(epoch: form.epoch.value, version: form.version, reports: reports)),
            form.peers.compactMap { $0.member.map(Member.init) }
        )
    }
}

/// An outcome that stands on the wire as a word.
private protocol WordedOutcome: CaseIterable, Sendable {
    var word: String { get }
}

extension WordedOutcome {
    init?(word: String) {
        guard let outcome = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = outcome
    }

    var word: String { String(describing: self) }
}

extension StoreOutcome: WordedOutcome {
    package static var allCases: [StoreOutcome] { [.stored, .full, .mismatched, .refused, .busy] }

    fileprivate var status: Int {
        switch self {
        case .stored: 201
        case .full: 507
        case .mismatched: 422
        case .refused: 403
        case .busy: 503
        }
    }

    /// What stands beside an outcome whose status is an error's.
    fileprivate var error: ErrorForm.Detail? {
        switch self {
        case .stored: nil
        case .full: .init(code: "full", message: "The node has no room for the chunk.")
        case .mismatched:
            .init(
                code: "mismatched",
                message: "The bytes are not those that the chunk's name stands for.")
        case .refused:
            .init(
                code: "refused",
                message: "The node is leaving, or another backend stored this chunk.")
        case .busy:
            .init(
                code: "busy", message: "The chunk is being written, or the disk failed. Try again.")
        }
    }
}

extension CopyOutcome: WordedOutcome {
    package static var allCases: [CopyOutcome] {
        [.copied, .full, .refused, .busy, .sourceMissing, .sourceSilent]
    }
}

extension DeleteOutcome: WordedOutcome {
    package static var allCases: [DeleteOutcome] { [.deleted, .notHeld, .newer, .refused] }
}

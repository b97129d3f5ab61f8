import Ledger
import Merkle
import Primitives

@testable import Roles

/// A storage node as a backend sees one: it obeys at once, unless told otherwise.
struct FakeNode {
    let id: PeerID
    var registration: Registration
    var held: [ChunkID: Payload] = [:]
    var trash: [ChunkID: Payload] = [:]
    /// Blocks of the backend's ledger, by height.
    var blocks: [UInt64: Payload] = [:]
    var head: SignedHeader?
    /// Gets every request and answers none.
    var isSilent = false
    /// How far its clock is ahead of the backend's; nil where it neither tells nor looks.
    var clockAhead: Duration?
    /// What it says instead of doing what it was asked; nil where it obeys.
    var rule: (NodeRequest) -> Answer? = { _ in nil }

    init(_ number: Int, domain: UInt32, freeBytes: UInt64) {
        id = Peers.node(number)
        registration = .of(
            id, domain: domain, capacityBytes: max(freeBytes, 1_000_000), freeBytes: freeBytes)
    }

    /// Without a gap.
    var blockCount: UInt64 {
        var count: UInt64 = 0
        while blocks[count] != nil { count += 1 }
        return count
    }

    /// What it answers. `sources` are all nodes.
    mutating func answer(
        _ request: NodeRequest, sources: [PeerID: [ChunkID: Payload]], at now: Instant
    ) -> Answer {
        let time = clockAhead.map { now + $0 }
        if let lie = rule(request) { return lie }
        switch request {
        case .store(let request):
            held[request.chunk] = request.payload
            return .stored(request.chunk, .stored)
        case .retrieve(let request):
            return .node(.retrieve(held[request.chunk].map { .found($0) } ?? .missing))
        case .copy(let request):
            guard let payload = sources[request.source]?[request.chunk] else {
                return .copied(request.chunk, .sourceMissing)
            }
            held[request.chunk] = payload
            return .copied(request.chunk, .copied)
        case .delete(let request):
            if let time, time >= request.expires { return .node(.delete(.refused)) }
            let payload = held.removeValue(forKey: request.chunk)
            trash[request.chunk] = payload
            return .node(.delete(payload == nil ? .notHeld : .deleted))
        case .restore(let request):
            let payload = trash.removeValue(forKey: request.chunk)
            if let payload { held[request.chunk] = payload }
            let isHeld = held[request.chunk] != nil
            return .node(
                .restore(
                    RestoreAnswer(chunk: request.chunk, outcome: isHeld ? .restored : .notHeld)))
        case .audit(let request):
            let proof = held[request.chunk].map { request.proof(of: $0.bytes) }
            return .node(
                .audit(
                    AuditAnswer(
                        chunk: request.chunk, outcome: proof.map { .proven($0) } ?? .missing,
                        time: time)))
        case .keepBlock(let request):
            if let kept = blocks[request.height], kept != request.block {
                return .node(
                    .keepBlock(KeepBlockAnswer(outcome: .conflicting, count: blockCount)))
            }
            blocks[request.height] = request.block
            if let shown = SignedHeader(ofBlock: request.block.bytes), shown.follows(head) {
                head = shown
            }
            return .node(.keepBlock(KeepBlockAnswer(outcome: .kept, count: blockCount)))
        case .fetchBlock(let request):
            return .node(
                .fetchBlock(
                    .known(
                        KnownLedger(
                            head: head, count: blockCount, block: blocks[request.height]))))
        case .inventory(let request):
            var tree = InventoryTree(held.keys)
            return .node(.inventory(.answered(tree.answer(request.question), time: time)))
        }
    }
}

/// A discovery as a backend sees one: it says what the test has it say, and only what changed.
struct FakeDiscovery {
    let id: PeerID
    var isSilent = false
    var clockAhead = Duration.zero
    private(set) var epoch: UInt64 = 1
    private var version: UInt64 = 0
    private var entries: [(report: PeerReport, changed: UInt64)] = []

    init(_ number: Int) { id = Peers.discovery(number) }

    mutating func say(_ status: PeerStatus, of registration: Registration) {
        version += 1
        entries.removeAll { $0.report.registration.node == registration.node }
        entries.append((PeerReport(registration: registration, status: status), version))
    }

    /// It forgets everybody.
    mutating func restart() {
        epoch += 1
        version = 0
        entries = []
    }

    func answer(_ request: PeersRequest, at now: Instant) -> PeersAnswer {
        let since = request.epoch == epoch ? request.since : 0
        return PeersAnswer(
            epoch: epoch, version: version,
            reports: entries.filter { $0.changed > since }.map(\.report), time: now + clockAhead)
    }
}

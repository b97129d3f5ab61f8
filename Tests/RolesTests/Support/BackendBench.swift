import Cryptography
import Ledger
import Merkle
import Primitives

@testable import Roles

/// One backend whose messages, timers and disk are in the test's hands. Nodes are numbered from 0;
/// node i is in failure domain i mod `domains`.
struct BackendBench {
    static let user = PeerID(500)

    var backend: Backend
    var now = Instant.origin + .hours(1)
    let discoveries: [PeerID]
    /// The blocks that the disk would keep.
    private(set) var log: [[UInt8]] = []
    private var unsynced: [[UInt8]] = []
    private var random = RandomSource(seed: 1, who: 2, purpose: 3)
    private var lastCall: UInt64 = 0
    private let domains: Int
    private let settings: ProtocolSettings
    /// Requests to a discovery that have not been answered.
    private var questions: [PeerID: CallID] = [:]
    private var versions: [PeerID: UInt64] = [:]

    init(
        nodes: Int, domains: Int = 3, discoveries: Int = 1,
        settings: ProtocolSettings = ProtocolSettings()
    ) {
        self.domains = domains
        self.settings = settings
        self.discoveries = (0..<discoveries).map { PeerID(UInt64(900 + $0)) }
        backend = Self.make(settings, self.discoveries)
        start()
        for slot in 0..<discoveries { hear(nodes: 0..<nodes, from: slot) }
    }

    private static func make(_ settings: ProtocolSettings, _ discoveries: [PeerID]) -> Backend {
        Backend(
            id: PeerID(1), settings: settings, discoveries: discoveries,
            tagKey: SecretKey(copying: Array(repeating: 7, count: 32)),
            signingKey: try! SigningKey(
                seed: SecretKey(copying: Array(repeating: 9, count: 32))))
    }

    static func node(_ number: Int) -> PeerID { PeerID(UInt64(10 + number)) }

    private mutating func start() {
        feed(.start)
        feed(.disk(.recoveredLog(log)))
    }

    /// Crashes the backend and starts it again from the durable part of its log.
    mutating func restart() {
        unsynced = []
        questions = [:]
        backend = Self.make(settings, discoveries)
        start()
    }

    /// Gives the backend an input. Returns what it wants done.
    @discardableResult
    mutating func feed(_ input: Input) -> Effects {
        var effects = Effects()
        backend.handle(input, at: now, random: &random, effects: &effects)
        for request in effects.disk {
            if case .append(let block) = request { unsynced.append(block) }
        }
        for send in effects.sends {
            if case .peers = send.message { questions[send.to] = send.call }
        }
        return effects
    }

    @discardableResult
    mutating func tell(
        _ message: Message, from peer: PeerID = BackendBench.user, call: CallID? = nil
    ) -> Effects {
        lastCall += 1
        return feed(.message(from: peer, call: call ?? CallID(lastCall), message))
    }

    /// Lets every block become durable. Returns what the backend then wants done, all together.
    @discardableResult
    mutating func sync() -> [Effects] {
        var all: [Effects] = []
        while !unsynced.isEmpty {
            log += unsynced
            unsynced = []
            all.append(feed(.disk(.synced(token: 0))))
        }
        return all
    }

    /// Lets time pass and the backend do what is due from time to time.
    @discardableResult
    mutating func maintain(after duration: Duration = .zero) -> Effects {
        now += duration
        return feed(.timer(Timer(.maintenance)))
    }

    // MARK: Discoveries

    /// Has a discovery report nodes.
    @discardableResult
    mutating func hear(
        nodes: some Sequence<Int>, _ status: PeerStatus = .alive, from slot: Int = 0,
        epoch: UInt64 = 1, freeBytes: UInt64 = 1_000_000, incarnation: UInt64 = 1
    ) -> Effects {
        let discovery = discoveries[slot]
        if questions[discovery] == nil { feed(.timer(Timer(.peers))) }
        let call = questions.removeValue(forKey: discovery)!
        versions[discovery, default: 0] += 1
        let reports = nodes.map { number in
            PeerReport(
                registration: Registration(
                    node: Self.node(number), publicKey: PublicKey(bytes: .zero),
                    incarnation: incarnation, domain: UInt32(number % domains),
                    capacityBytes: 1_000_000, freeBytes: freeBytes),
                status: status)
        }
        let answer = PeersAnswer(
            epoch: epoch, version: versions[discovery]!, reports: reports)
        return tell(.peersAnswer(answer), from: discovery, call: call)
    }

    // MARK: Files

    mutating func put(_ chunk: TestChunk) -> Effects {
        tell(.putChunk(PutChunkRequest(chunk: chunk.id, payload: chunk.payload)))
    }

    /// Puts a chunk and has every node that it goes to store it. Returns those nodes.
    @discardableResult
    mutating func store(_ chunk: TestChunk) -> [PeerID] {
        let asked = put(chunk)
        let targets = asked.requests { if case .store = $0 { true } else { false } }
        for target in targets {
            tell(.stored(chunk.id, .stored), from: target.to, call: target.call)
        }
        return targets.map(\.to)
    }

    mutating func commit(_ chunks: [TestChunk], file: UInt64 = 1) -> Effects {
        tell(
            .commitFile(
                CommitRequest(
                    file: FileID(high: 0, low: file), chunks: chunks.map(\.id),
                    sealedManifest: [1], wrappedKey: [2])))
    }

    /// Puts and commits a file of one chunk, durably. Returns the nodes that hold it.
    @discardableResult
    mutating func storeFile(_ chunk: TestChunk, file: UInt64 = 1) -> [PeerID] {
        let holders = store(chunk)
        _ = commit([chunk], file: file)
        sync()
        return holders
    }

    mutating func get(_ chunk: TestChunk, file: UInt64 = 1) -> Effects {
        tell(
            .getChunk(
                GetChunkRequest(
                    file: FileID(high: 0, low: file), chunk: chunk.id,
                    proof: InclusionProof(of: 0, in: [MerkleTree.leafHash(chunk.id)]))))
    }

    func holders(of chunk: TestChunk) -> [PeerID] {
        (backend.chunks[chunk.id]?.holders ?? []).map { backend.members[$0.member].peer }
    }

    func member(_ peer: PeerID) -> Member { backend.members[backend.members.index(of: peer)!] }
}

extension Effects {
    func requests(where isWanted: (Message) -> Bool) -> [Send] {
        sends.filter { isWanted($0.message) }
    }

    var stores: [Send] { requests { if case .store = $0 { true } else { false } } }
    var copies: [Send] { requests { if case .copy = $0 { true } else { false } } }
    var retrievals: [Send] { requests { if case .retrieve = $0 { true } else { false } } }
    var deletes: [Send] { requests { if case .delete = $0 { true } else { false } } }
    var questions: [Send] { requests { if case .inventory = $0 { true } else { false } } }

    var putOutcomes: [PutOutcome] {
        sends.compactMap { if case .chunkPut(let outcome) = $0.message { outcome } else { nil } }
    }
    var commitOutcomes: [CommitOutcome] {
        sends.compactMap {
            if case .fileCommitted(let outcome) = $0.message { outcome } else { nil }
        }
    }
    var chunkAnswers: [ChunkAnswer] {
        sends.compactMap { if case .chunkAnswer(let answer) = $0.message { answer } else { nil } }
    }
    var leaveAnswers: [Bool] {
        sends.compactMap { if case .leaveAnswer(let answer) = $0.message { answer } else { nil } }
    }
}

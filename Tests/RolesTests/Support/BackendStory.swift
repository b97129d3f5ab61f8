import Ledger
import Primitives
import Roles
import Testing

/// A backend among nodes and discoveries that do as the test says, with a ledger on a disk in memory.
/// What is sent arrives at once, unless it is held back.
struct BackendStory {
    var drive: Drive<Backend>
    var nodes: [FakeNode]
    var discoveries: [FakeDiscovery]
    let settings: ProtocolSettings
    private let assignedDomains: [PeerID: UInt32]
    /// Requests of the backend that do not arrive before `release`.
    var holdsRequest: (Effects.Send) -> Bool = { _ in false }
    /// Requests whose answers do not arrive before `release`.
    var holdsAnswer: (Effects.Send) -> Bool = { _ in false }
    /// How likely a request to a node, or its answer, is lost, and how likely an answer comes twice.
    var lossRate = 0.0
    var duplicationRate = 0.0
    /// Every request that the backend sent to a node, oldest first, held back or not.
    private(set) var requests: [Effects.Send] = []
    /// What came for users and for nodes that are not nodes of this story.
    private(set) var inbox: [Effects.Send] = []

    private var heldRequests: [Effects.Send] = []
    private var heldAnswers: [(from: PeerID, call: CallID, answer: Answer)] = []
    private var lastCall: UInt64 = 0
    private var network: RandomSource

    /// A backend that has heard of `nodeCount` nodes, all alive, node n in domain n modulo `domains`.
    init(
        nodes nodeCount: Int = 6, domains: Int = 3, discoveries discoveryCount: Int = 1,
        freeBytes: UInt64 = 1_000_000, settings: ProtocolSettings = ProtocolSettings(),
        assignedDomains: [PeerID: UInt32] = [:], seed: UInt64 = 1
    ) {
        var settings = settings
        // Small nodes keep no ledger here: most stories are of other requests.
        if freeBytes <= 1_000_000 { settings.ledgerCopies = 0 }
        self.settings = settings
        self.assignedDomains = assignedDomains
        network = RandomSource(seed: seed, who: 2, purpose: 2)
        nodes = (0..<nodeCount).map {
            FakeNode($0, domain: UInt32($0 % domains), freeBytes: freeBytes)
        }
        discoveries = (0..<discoveryCount).map { FakeDiscovery($0) }
        drive = Drive(
            Self.makeBackend(settings, discoveries.map(\.id), assignedDomains), seed: seed)
        for node in nodes { say(.alive, of: node.registration) }
        drive.start()
        deliver()
        advance(by: settings.peersInterval)
    }

    private static func makeBackend(
        _ settings: ProtocolSettings, _ discoveries: [PeerID], _ assignedDomains: [PeerID: UInt32],
        isLost: Bool = false
    ) -> Backend {
        Backend(
            id: Peers.backend, settings: settings, discoveries: discoveries, tagKey: Keys.tag,
            signingKey: Keys.backend, assignedDomains: assignedDomains, isLost: isLost)
    }

    var backend: Backend { drive.role }

    /// The backend crashes and starts again from what its disk kept, or from so many blocks of its ledger.
    mutating func restartBackend(with blocks: Int? = nil, isLost: Bool = false) {
        heldRequests = []
        heldAnswers = []
        if let blocks { drive.disk.cutLog(to: blocks) }
        drive.restart(
            as: Self.makeBackend(
                settings, discoveries.map(\.id), assignedDomains, isLost: isLost))
        deliver()
    }

    // MARK: Time and messages

    mutating func advance(by span: Duration) {
        let end = drive.now + span
        while let due = drive.nextTimer, due <= end {
            drive.fireNextTimer()
            deliver()
        }
        drive.moveClock(to: end)
    }

    /// Hands the backend a request without waiting for anything.
    mutating func tell(_ request: Request, from peer: PeerID, call: CallID = CallID(7)) {
        drive.receive(request, from: peer, call: call)
        deliver()
    }

    /// Hands the backend an answer.
    mutating func hear(_ answer: Answer, from peer: PeerID, call: CallID = CallID(7)) {
        drive.hear(answer, from: peer, call: call)
        deliver()
    }

    /// A user asks the backend something. Returns the answer if it came at once.
    mutating func ask(_ request: FileRequest, from user: PeerID = Peers.user) -> FileAnswer? {
        let call = open(request, from: user)
        return answer(to: call)
    }

    /// A user asks the backend something whose answer will come later.
    mutating func open(_ request: FileRequest, from user: PeerID = Peers.user) -> CallID {
        let call = nextCall()
        tell(.file(request), from: user, call: call)
        return call
    }

    /// The answer to a user's call, if it came by now.
    func answer(to call: CallID) -> FileAnswer? { inbox.last { $0.call == call }?.fileAnswer }

    /// A node asks whether it may leave. Returns nil if no answer came at once.
    @discardableResult
    mutating func leave(_ node: PeerID) -> Bool? {
        let call = nextCall()
        tell(.leave, from: node, call: call)
        return inbox.last { $0.call == call }?.isGranted
    }

    private mutating func nextCall() -> CallID {
        lastCall += 1
        return CallID(1_000_000 + lastCall)
    }

    /// Lets the requests to a node that were held back arrive, and goes on holding others.
    mutating func releaseRequests(to number: Int) {
        let arriving = heldRequests.filter { $0.to == nodes[number].id }
        heldRequests.removeAll { $0.to == nodes[number].id }
        for request in arriving { arrive(request) }
        deliver()
    }

    /// Lets everything that was held back arrive, requests before answers.
    mutating func release() {
        holdsRequest = { _ in false }
        holdsAnswer = { _ in false }
        let requests = heldRequests
        let answers = heldAnswers
        heldRequests = []
        heldAnswers = []
        for request in requests { arrive(request) }
        for answer in answers {
            drive.hear(answer.answer, from: answer.from, call: answer.call)
        }
        deliver()
    }

    /// Lets the answers that were held back arrive, and goes on holding others.
    mutating func releaseAnswers() {
        let answers = heldAnswers
        heldAnswers = []
        for answer in answers {
            drive.hear(answer.answer, from: answer.from, call: answer.call)
        }
        deliver()
    }

    mutating func releaseDisk() {
        drive.releaseDisk()
        deliver()
    }

    private mutating func deliver() {
        while true {
            let sends = drive.takeSent()
            guard !sends.isEmpty else { return }
            for send in sends { route(send) }
        }
    }

    private mutating func route(_ send: Effects.Send) {
        guard nodes.contains(where: { $0.id == send.to }) else {
            guard let discovery = discoveries.first(where: { $0.id == send.to }) else {
                inbox.append(send)
                return
            }
            guard case .request(.discovery(.peers(let request))) = send.message,
                !discovery.isSilent
            else { return }
            let answer = discovery.answer(request, at: drive.now)
            drive.hear(.discovery(.peers(answer)), from: send.to, call: send.call)
            return
        }
        if send.answer != nil {
            inbox.append(send)
            return
        }
        requests.append(send)
        if holdsRequest(send) { heldRequests.append(send) } else { arrive(send) }
    }

    private mutating func arrive(_ send: Effects.Send) {
        guard let request = send.nodeRequest,
            let index = nodes.firstIndex(where: { $0.id == send.to }), !nodes[index].isSilent
        else { return }
        guard !network.chance(lossRate) else { return }
        let sources = Dictionary(uniqueKeysWithValues: nodes.map { ($0.id, $0.held) })
        let answer = nodes[index].answer(request, sources: sources, at: drive.now)
        if holdsAnswer(send) {
            heldAnswers.append((send.to, send.call, answer))
        } else {
            guard !network.chance(lossRate) else { return }
            drive.hear(answer, from: send.to, call: send.call)
            if network.chance(duplicationRate) {
                drive.hear(answer, from: send.to, call: send.call)
            }
        }
    }

    // MARK: Nodes

    /// Has every discovery say something of a node. The backend hears it at its next question.
    mutating func say(_ status: PeerStatus, of registration: Registration) {
        for index in discoveries.indices { discoveries[index].say(status, of: registration) }
    }

    /// The backend hears that a node is alive, suspect or dead.
    mutating func hear(_ status: PeerStatus, of number: Int) {
        say(status, of: nodes[number].registration)
        advance(by: settings.peersInterval)
    }

    /// Another node joins, in a domain of its own.
    mutating func join() {
        let number = nodes.count
        nodes.append(FakeNode(number, domain: UInt32(1000 + number), freeBytes: 1_000_000))
        say(.alive, of: nodes[number].registration)
    }

    /// A node restarts: the backend hears of its new run, and compares its inventory soon.
    mutating func restartNode(_ number: Int) {
        nodes[number].registration.incarnation += 1
        hear(.alive, of: number)
    }

    /// The numbers of the nodes that hold a chunk, whatever the backend believes.
    func nodesHolding(_ chunk: TestChunk) -> [Int] {
        nodes.indices.filter { nodes[$0].held[chunk.id] != nil }
    }

    /// The numbers of the nodes that the backend believes to hold a chunk.
    func holders(of chunk: TestChunk) -> [Int] {
        let peers = backend.chunks[chunk.id]?.holders.map { backend.members[$0.member].peer } ?? []
        return nodes.indices.filter { peers.contains(nodes[$0].id) }
    }

    func member(_ number: Int) throws -> Member {
        let index = try #require(backend.members.index(of: nodes[number].id))
        return backend.members[index]
    }

    /// Requests of one kind to nodes since the first `start` of all.
    func requests<T>(
        from start: Int = 0, _ pick: (Effects.Send) -> T?
    ) -> [(to: PeerID, request: T)] {
        requests[start...].compactMap { send in pick(send).map { (send.to, $0) } }
    }
}

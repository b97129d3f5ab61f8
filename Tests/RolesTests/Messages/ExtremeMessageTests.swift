import Primitives
import Roles
import Testing

/// Every role is told every message, the extremes of its fields included, in every state that it can
/// be in: none may end it, and none may make it say more than a bounded lot.
@Suite struct ExtremeMessageTests {
    private static let senders = [
        Peers.user, Peers.node(0), Peers.node(1), Peers.backend, Peers.discovery(0),
        Peers.discovery(1), Peers.stranger, PeerID(0), PeerID(.max),
    ]
    /// Sends that one message may cause at most.
    private static let mostSends = 300

    /// A role that makes its way on after a message, each time from the same state.
    private func tellAll<R: Role>(_ state: Drive<R>, _ name: String) {
        var late = state
        late.moveClock(to: Instant.admitted.upperBound)
        for drive in [state, late] {
            for request in ExtremeMessages.requests {
                check(drive, "\(name): \(request)") { drive in
                    Self.senders.map { drive.receive(request, from: $0).count }
                }
            }
            let open = drive.sent.suffix(200).filter { $0.answer == nil && $0.call != .none }
            for answer in ExtremeMessages.answers {
                check(drive, "\(name): \(answer)") { drive in
                    (open.map { ($0.to, $0.call) } + Self.senders.map { ($0, CallID(7)) })
                        .map { drive.hear(answer, from: $0, call: $1).count }
                }
            }
        }
    }

    private func check<R: Role>(
        _ state: Drive<R>, _ story: @autoclosure () -> String,
        _ tell: (inout Drive<R>) -> [Int]
    ) {
        var drive = state
        let most = tell(&drive).max() ?? 0
        if most > Self.mostSends { Issue.record("\(most) sends after \(story())") }
        drive.advance(by: .seconds(30))
        drive.releaseDisk()
    }

    // MARK: Discoveries and nodes

    @Test func `a discovery takes whatever it is told`() {
        var drive = Drive(Discovery(settings: ProtocolSettings()))
        tellAll(drive, "before its start")
        drive.start()
        tellAll(drive, "fresh")
        for number in 0..<3 {
            drive.receive(
                .discovery(.register(.of(Peers.node(number)))), from: Peers.node(number))
        }
        tellAll(drive, "with nodes")
        drive.advance(by: .days(1))
        drive.receive(.unregister, from: Peers.node(1))
        tellAll(drive, "with dead nodes")
    }

    private static let nodeStates: [(name: String, reach: @Sendable (inout NodeDrive) -> Void)] = [
        ("empty", { _ in }),
        ("with a chunk", { $0.store(TestChunk(1)) }),
        (
            "writing",
            {
                $0.disk.holding = [.writes, .syncs, .reads]
                $0.store(TestChunk(1))
                _ = $0.retrieve(TestChunk(1))
            }
        ),
        ("copying", { $0.copy(TestChunk(1)) }),
        (
            "leaving",
            {
                $0.store(TestChunk(1))
                $0.handle(.leave)
            }
        ),
        (
            "gone",
            {
                $0.handle(.leave)
                for backend in [Peers.backend, Peers.otherBackend] {
                    $0.hear(.isGranted(true), from: backend)
                }
            }
        ),
    ]

    @Test(arguments: nodeStates.indices)
    func `a node takes whatever it is told`(state: Int) {
        let state = Self.nodeStates[state]
        for capacityBytes in [1_000_000, UInt64.max] {
            var drive = NodeDrive(NodeDrive.makeNode(capacityBytes: capacityBytes))
            tellAll(drive, "recovering")
            drive.start()
            state.reach(&drive)
            tellAll(drive, state.name)
        }
    }

    // MARK: Backends

    private static func isStore(_ send: Effects.Send) -> Bool { send.storeRequest != nil }

    private static let backendStates:
        [(name: String, reach: @Sendable (inout BackendStory) -> Void)] = [
            ("idle", { _ in }),
            ("with a file", { try? $0.store([TestChunk(1)]) }),
            (
                "storing",
                {
                    $0.holdsAnswer = isStore
                    $0.put(TestChunk(1))
                }
            ),
            ("staged", { $0.put(TestChunk(1)) }),
            (
                "repairing",
                {
                    try? $0.store([TestChunk(1)])
                    $0.holdsRequest = { $0.copyRequest != nil }
                    $0.hear(.dead, of: $0.holders(of: TestChunk(1))[0])
                    $0.advance(by: .seconds(10))
                }
            ),
            (
                "comparing and auditing",
                {
                    try? $0.store([TestChunk(1)])
                    $0.holdsAnswer = { $0.nodeRequest != nil }
                    $0.advance(by: .hours(8))
                }
            ),
            (
                "reading",
                {
                    try? $0.store([TestChunk(1)])
                    $0.holdsAnswer = { $0.retrieveRequest != nil }
                    _ = $0.read(0, of: [TestChunk(1)])
                }
            ),
            (
                "without nodes",
                {
                    try? $0.store([TestChunk(1)])
                    for number in $0.nodes.indices { $0.hear(.dead, of: number) }
                }
            ),
            (
                "left by its nodes",
                {
                    try? $0.store([TestChunk(1)])
                    for node in $0.nodes { $0.leave(node.id) }
                }
            ),
            (
                "writing its ledger",
                {
                    $0.drive.disk.holding = .syncs
                    $0.put(TestChunk(1))
                    $0.commit([TestChunk(1)], as: 1)
                }
            ),
        ]

    @Test(arguments: backendStates.indices)
    func `a backend takes whatever it is told`(state: Int) {
        let state = Self.backendStates[state]
        var story = BackendStory(nodes: 4, domains: 2)
        state.reach(&story)
        tellAll(story.drive, state.name)
    }
}

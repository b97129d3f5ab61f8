import Foundation
import Primitives
import Spawning
import Testing

@testable import Segments
@testable import Server

/// A bit that flips on a node's disk while the node is down. Where a segment has its index file, a
/// start does not read the chunks: then it is up to the scrub, or to whoever asks for the chunk.
@Suite(.serialized) struct RotTests {
    /// Three nodes that hold every chunk each, the first of them stopped in good order.
    private func story(
        settings: [String] = [],
        _ body: (ProcessNetwork, FileStore, String) async throws -> Void
    ) async throws {
        let network = try ProcessNetwork(nodes: 3, settings: ProcessNetwork.quick + settings)
        try await network.start()
        try await network.register("ada")
        let token = try await network.logIn("ada")
        try await network.waitUntilAllAreAlive(token)
        let store = FileStore(network)
        for number in 0..<4 {
            try await store.put(number, byteCount: 100_000, token, mustSucceed: true)
        }
        try await network.waitUntilAllIsRedundant(token)
        try await network.waitUntilNothingIsLeftOver(token)
        let node = network.nodes[0]
        #expect(try await node.metric("dsim_disk_quarantined") == 0)
        node.send(SIGTERM)
        #expect(await node.exitStatus() == 0)
        try await body(network, store, token)
    }

    @Test func `a scrub finds what rotted and the replica is made anew`() async throws {
        try await story(settings: ["--scrub-interval", "2s"]) { network, store, token in
            let node = network.nodes[0]
            try #require(exists(Self.index, of: node, in: network), "a start would read it all")
            try flipABit(of: node, in: network)
            try await start(node)
            try await wait("the scrub finds it") { try await Self.quarantined(node) > 0 }
            try await expectRepair(of: network, store, token)
            #expect(try quarantineLog(of: node, in: network).contains("found damaged when"))
        }
    }

    @Test func `a start without an index finds what rotted and the replica is made anew`()
        async throws
    {
        try await story { network, store, token in
            let node = network.nodes[0]
            // As after a crash.
            try FileManager.default.removeItem(at: network.file(Self.index, of: node))
            try flipABit(of: node, in: network)
            try await start(node)
            #expect(try await Self.quarantined(node) == 1)
            #expect(try quarantineLog(of: node, in: network).contains("damaged or torn"))
            try await expectRepair(of: network, store, token)
        }
    }

    @Test func `a block of the ledger that rotted is sent to its node again`() async throws {
        try await story(settings: ["--scrub-interval", "2s"]) { network, _, _ in
            let node = network.nodes[0]
            try flipABit(of: node, in: network, in: .ledger)
            try await start(node)
            try await wait("the backend hears of it") {
                try await network.backend.metric(
                    #"dsim_events_total{kind="ledger-copy-damaged"}"#) > 0
            }
            try await wait("it keeps as many blocks as others do") {
                try await Self.blocks(node) == Self.blocks(network.nodes[1])
            }
        }
    }

    @Test func `who reads what rotted gets nothing rather than something wrong`() async throws {
        try await story { network, store, token in
            let node = network.nodes[0]
            try #require(exists(Self.index, of: node, in: network), "a start would read it all")
            try flipABit(of: node, in: network)
            for other in network.nodes.dropFirst() { await other.kill() }
            try await start(node)
            #expect(try await Self.quarantined(node) == 0)
            for number in 0..<4 as Range<UInt64> { try await store.read(number, token) }
            try await wait("the node notices") { try await Self.quarantined(node) > 0 }
            for other in network.nodes.dropFirst() { try other.start() }
            try await network.waitUntilReady()
            try await expectRepair(of: network, store, token)
        }
    }

    @Test func `what all nodes have lost is said to be gone, and is not waited for`() async throws {
        try await story { network, _, _ in
            for node in network.nodes.dropFirst() {
                node.send(SIGTERM)
                #expect(await node.exitStatus() == 0)
            }
            for node in network.nodes {
                try FileManager.default.removeItem(at: network.file("chunks", of: node))
                try await start(node)
            }
            let dsim = network.dsim
            #expect(try await dsim.run("login", "--user", "ada").status == 0)
            let copy = try await dsim.run("get", FileStore.name(0), "-o", "-")
            #expect(copy.status == 66, "\(copy)")
            #expect(copy.errors.contains("on no node that is there"), "\(copy.errors)")
        }
    }

    // MARK: Rot

    private static let data = "chunks/segments/00000001.data"
    private static let index = "chunks/segments/00000001.index"

    private enum Content { case file, ledger }

    /// Flips a bit in the middle of the first chunk of a file, or block of a ledger, that a node was given.
    private func flipABit(
        of node: ServerProcess, in network: ProcessNetwork, in content: Content = .file
    ) throws {
        let file = network.file(Self.data, of: node)
        var bytes = Array(try Data(contentsOf: file))
        var start = ChunkFormat.firstRecordOffset
        func number(at offset: Int, _ count: Int) -> UInt64 {
            bytes[start + offset..<start + offset + count].reduce(UInt64(0)) {
                $0 << 8 | UInt64($1)
            }
        }
        var length: Int { Int(number(at: 44, 4)) }
        // The stamp of a block is its height.
        var found: Content { number(at: 56, 8) < 1_000_000 ? .ledger : .file }
        func isThere() throws {
            try #require(number(at: 0, 8) == ChunkFormat.recordMagic, "no record is there")
        }
        try isThere()
        while found != content || RecordState(bytes[start + ChunkFormat.stateOffset]) != .live {
            start += ChunkFormat.recordByteCount(length: length)
            try isThere()
        }
        bytes[start + ChunkFormat.recordHeaderByteCount + length / 2] ^= 1
        try Data(bytes).write(to: file)
    }

    private func start(_ node: ServerProcess) async throws {
        try node.start()
        try await wait("\(node.name) is ready") { await node.isReady }
    }

    // MARK: What becomes of it

    private static func quarantined(_ node: ServerProcess) async throws -> Double {
        try await node.metric("dsim_disk_quarantined")
    }

    private static func blocks(_ node: ServerProcess) async throws -> Double {
        try await node.metric("dsim_node_ledger_blocks")
    }

    private func exists(
        _ name: String, of node: ServerProcess, in network: ProcessNetwork
    ) -> Bool {
        FileManager.default.fileExists(atPath: network.file(name, of: node).path)
    }

    private func quarantineLog(
        of node: ServerProcess, in network: ProcessNetwork
    ) throws -> String {
        try String(contentsOf: network.file("chunks/quarantine/log", of: node), encoding: .utf8)
    }

    /// The backend hears of the loss, and the node has an intact replica of everything again.
    private func expectRepair(
        of network: ProcessNetwork, _ store: FileStore, _ token: String
    ) async throws {
        try await wait("the backend hears of it") {
            try await network.backend.metric(#"dsim_events_total{kind="replica-missing"}"#) > 0
        }
        try await network.waitUntilAllIsRedundant(token)
        try await network.waitUntilNothingIsLeftOver(token)
        // Nobody else is left to read from.
        for other in network.nodes.dropFirst() { await other.kill() }
        try await store.checkAll(token)
    }
}

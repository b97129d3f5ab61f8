import Primitives

@testable import Roles

/// Drives a storage node: shorthands for what backends and other nodes say to it.
typealias NodeDrive = Drive<StorageNode>

extension Drive where R == StorageNode {
    static let nodeID = Peers.node(1)

    /// A node with two discoveries and two backends, not yet started.
    static func makeNode(
        capacityBytes: UInt64 = 1_000_000, settings: ProtocolSettings = ProtocolSettings()
    ) -> StorageNode {
        StorageNode(
            identity: NodeIdentity(
                id: nodeID, publicKey: Keys.publicKey(of: nodeID), domain: 4,
                capacityBytes: capacityBytes),
            settings: settings, discoveries: [Peers.discovery(1), Peers.discovery(2)],
            backends: [Peers.backend, Peers.otherBackend])
    }

    /// A node that serves.
    static func node(
        capacityBytes: UInt64 = 1_000_000, settings: ProtocolSettings = ProtocolSettings()
    ) -> NodeDrive {
        var drive = NodeDrive(makeNode(capacityBytes: capacityBytes, settings: settings))
        drive.start()
        _ = drive.takeSent()
        return drive
    }

    @discardableResult
    mutating func store(
        _ chunk: TestChunk, stamp: Int64 = 1, from backend: PeerID = Peers.backend,
        call: CallID = CallID(7)
    ) -> [Effects.Send] {
        let request = StoreRequest(
            chunk: chunk.id, payload: chunk.payload, stamp: Instant(nanoseconds: stamp))
        return receive(.node(.store(request)), from: backend, call: call)
    }

    @discardableResult
    mutating func delete(
        _ chunk: TestChunk, stamp: Int64, from backend: PeerID = Peers.backend,
        expires: Instant = .distantFuture
    ) -> DeleteOutcome? {
        let request = DeleteRequest(
            chunk: chunk.id, stamp: Instant(nanoseconds: stamp), expires: expires)
        return receive(.node(.delete(request)), from: backend).first?.deleteOutcome
    }

    /// A backend's own read.
    mutating func retrieve(
        _ chunk: TestChunk, from asker: PeerID = Peers.backend, capability: Capability? = nil
    ) -> RetrieveAnswer? {
        let request = RetrieveRequest(chunk: chunk.id, capability: capability)
        return receive(.node(.retrieve(request)), from: asker)
            .first { $0.to == asker }?.retrieveAnswer
    }

    /// Asks the node to copy a chunk from node 2.
    @discardableResult
    mutating func copy(
        _ chunk: TestChunk, byteCount: Int? = nil, stamp: Int64 = 1,
        from backend: PeerID = Peers.backend, call: CallID = CallID(7)
    ) -> [Effects.Send] {
        let capability = Capability(
            issuer: backend, bearer: Self.nodeID, chunk: chunk.id, expires: .distantFuture)
        let request = CopyRequest(
            chunk: chunk.id, byteCount: byteCount ?? chunk.payload.byteCount,
            source: Peers.node(2), stamp: Instant(nanoseconds: stamp), capability: capability)
        return receive(.node(.copy(request)), from: backend, call: call)
    }
}

import Ledger
package import Merkle
package import Primitives

/// Everything that participants say to each other. Requests come first in each group, then their
/// answers, which carry the request's `CallID`.
///
/// Who a message is from is proven at the live edge, before a role sees it. Payloads beyond two
/// words are boxed, so that the messages that fill a simulated network stay small.
package enum Message: Sendable {
    // Node and backend to discovery.
    indirect case register(Registration)
    case registered(lease: UInt32)
    case heartbeat(lease: UInt32, freeBytes: UInt64)
    case heartbeatAnswer(isKnown: Bool)
    case unregister
    case peers(epoch: UInt64, since: UInt64)
    indirect case peersAnswer(PeersAnswer)

    // Backend, or a node on a backend's behalf, to node.
    indirect case store(StoreRequest)
    indirect case stored(ChunkID, StoreOutcome)
    indirect case retrieve(RetrieveRequest)
    indirect case retrieved(RetrieveAnswer)
    indirect case copy(CopyRequest)
    indirect case copied(ChunkID, CopyOutcome)
    indirect case delete(DeleteRequest)
    case deleted(DeleteOutcome)
    indirect case inventory(InventoryQuestion)
    indirect case inventoryAnswer(InventoryAnswer)
    case inventoryRefused
    indirect case audit(AuditRequest)
    indirect case audited(ChunkID, AuditAnswer)

    // Node to backend.
    indirect case damaged(ChunkID)
    case leave
    case leaveAnswer(isGranted: Bool)

    // User to backend.
    indirect case putChunk(PutChunkRequest)
    case chunkPut(PutOutcome)
    indirect case commitFile(CommitRequest)
    indirect case fileCommitted(CommitOutcome)
    indirect case getFile(FileID)
    indirect case fileAnswer(FileAnswer)
    indirect case getChunk(GetChunkRequest)
    indirect case chunkAnswer(ChunkAnswer)
    indirect case deleteFile(DeleteFileRequest)
    case fileDeleted(FileDeletionOutcome)
}

/// A chunk's sealed bytes, and the size that disks and links are charged for them.
package struct Payload: Sendable, Equatable {
    package var bytes: [UInt8]
    /// Equals `bytes.count`, except in a simulation whose chunks are short stand-ins.
    package var byteCount: Int

    package init(bytes: [UInt8], byteCount: Int) {
        self.bytes = bytes
        self.byteCount = byteCount
    }
}

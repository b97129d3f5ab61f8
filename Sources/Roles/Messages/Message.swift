package import Cryptography
package import Ledger
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

/// A node's introduction to a discovery.
package struct Registration: Sendable, Equatable {
    package var node: PeerID
    package var publicKey: PublicKey
    /// Drawn anew at every start, so that a restart is noticed however short it was.
    package var incarnation: UInt64
    package var domain: UInt32
    package var capacityBytes: UInt64
    package var freeBytes: UInt64

    package init(
        node: PeerID, publicKey: PublicKey, incarnation: UInt64, domain: UInt32,
        capacityBytes: UInt64, freeBytes: UInt64
    ) {
        self.node = node
        self.publicKey = publicKey
        self.incarnation = incarnation
        self.domain = domain
        self.capacityBytes = capacityBytes
        self.freeBytes = freeBytes
    }
}

/// What a discovery, or a backend that merged several, thinks of a node.
package enum PeerStatus: UInt8, Sendable, Comparable {
    case alive
    /// Silent for a while: nothing new is placed on it.
    case suspect
    /// Silent for long enough that repair may start.
    case dead

    package static func < (a: PeerStatus, b: PeerStatus) -> Bool { a.rawValue < b.rawValue }
}

/// One node as a discovery knows it.
package struct PeerReport: Sendable, Equatable {
    package var registration: Registration
    package var status: PeerStatus

    package init(registration: Registration, status: PeerStatus) {
        self.registration = registration
        self.status = status
    }
}

/// The nodes whose report changed after the version that was asked for.
package struct PeersAnswer: Sendable, Equatable {
    /// Names the discovery's own run; a new one means that it forgot everything.
    package var epoch: UInt64
    package var version: UInt64
    package var reports: [PeerReport]

    package init(epoch: UInt64, version: UInt64, reports: [PeerReport]) {
        self.epoch = epoch
        self.version = version
        self.reports = reports
    }
}

/// The right of `bearer` to fetch one chunk from a node, given by a backend that the node knows.
package struct Capability: Sendable, Equatable {
    package var issuer: PeerID
    package var bearer: PeerID
    package var chunk: ChunkID
    package var expires: Instant

    package init(issuer: PeerID, bearer: PeerID, chunk: ChunkID, expires: Instant) {
        self.issuer = issuer
        self.bearer = bearer
        self.chunk = chunk
        self.expires = expires
    }
}

package struct StoreRequest: Sendable, Equatable {
    package var chunk: ChunkID
    package var payload: Payload
    /// Orders stores and deletes of the same chunk by one backend, however late they arrive.
    package var stamp: Instant

    package init(chunk: ChunkID, payload: Payload, stamp: Instant) {
        self.chunk = chunk
        self.payload = payload
        self.stamp = stamp
    }
}

package enum StoreOutcome: UInt8, Sendable {
    /// Durable.
    case stored
    case full
    /// The bytes do not have the name that they came under.
    case mismatched
    /// Not from a backend that the node knows, or the node is leaving.
    case refused
    /// Too much under way, or the disk failed; another try may succeed.
    case busy
}

package struct RetrieveRequest: Sendable, Equatable {
    package var chunk: ChunkID
    /// Nil when a backend asks for itself.
    package var capability: Capability?

    package init(chunk: ChunkID, capability: Capability?) {
        self.chunk = chunk
        self.capability = capability
    }
}

package enum RetrieveAnswer: Sendable, Equatable {
    case found(Payload)
    case missing
    case refused
}

/// Asks a node to fetch a chunk from another and store it.
package struct CopyRequest: Sendable, Equatable {
    package var chunk: ChunkID
    package var byteCount: Int
    package var source: PeerID
    package var stamp: Instant
    package var capability: Capability

    package init(
        chunk: ChunkID, byteCount: Int, source: PeerID, stamp: Instant, capability: Capability
    ) {
        self.chunk = chunk
        self.byteCount = byteCount
        self.source = source
        self.stamp = stamp
        self.capability = capability
    }
}

package enum CopyOutcome: UInt8, Sendable {
    case copied
    case full
    case refused
    case busy
    /// The source has no intact copy.
    case sourceMissing
    /// The source did not answer.
    case sourceSilent
}

package struct DeleteRequest: Sendable, Equatable {
    package var chunk: ChunkID
    /// Only a replica that was stored under an older stamp is deleted.
    package var stamp: Instant
    /// After this the request means nothing: its sender has stopped waiting for it.
    package var expires: Instant

    package init(chunk: ChunkID, stamp: Instant, expires: Instant) {
        self.chunk = chunk
        self.stamp = stamp
        self.expires = expires
    }
}

package enum DeleteOutcome: UInt8, Sendable {
    case deleted
    case notHeld
    /// Stored again since.
    case newer
    case refused
}

package struct PutChunkRequest: Sendable, Equatable {
    package var chunk: ChunkID
    package var payload: Payload

    package init(chunk: ChunkID, payload: Payload) {
        self.chunk = chunk
        self.payload = payload
    }
}

package enum PutOutcome: UInt8, Sendable {
    /// Durable on a write quorum.
    case stored
    /// No quorum could be found.
    case unavailable
    case mismatched
    case busy
}

/// Makes a file of chunks that were put before.
package struct CommitRequest: Sendable, Equatable {
    package var file: FileID
    package var chunks: [ChunkID]
    package var sealedManifest: [UInt8]
    package var wrappedKey: [UInt8]

    package init(file: FileID, chunks: [ChunkID], sealedManifest: [UInt8], wrappedKey: [UInt8]) {
        self.file = file
        self.chunks = chunks
        self.sealedManifest = sealedManifest
        self.wrappedKey = wrappedKey
    }
}

package enum CommitOutcome: Sendable, Equatable {
    /// The file is in a durable block of the ledger.
    case committed
    /// These chunks, by index, are not stored here; put them again.
    case unknownChunks([UInt32])
    /// The file id or a chunk belongs to another file already, or a chunk stands in it twice.
    case conflict
}

package enum FileAnswer: Sendable, Equatable {
    case found(FileRecord)
    /// No such file, or not the asker's: the answer is the same.
    case notFound
}

/// Asks for one chunk of one's own file, proven to be in it.
package struct GetChunkRequest: Sendable, Equatable {
    package var file: FileID
    package var chunk: ChunkID
    package var proof: InclusionProof

    package init(file: FileID, chunk: ChunkID, proof: InclusionProof) {
        self.file = file
        self.chunk = chunk
        self.proof = proof
    }
}

package enum ChunkAnswer: Sendable, Equatable {
    case found(Payload)
    /// No replica could be reached or none was intact; another try may succeed.
    case unavailable
    /// No such file of the asker's, or the chunk is not in it.
    case notFound
}

/// Deletes a file. The chunks, which only its owner knows, are checked against the file's root.
package struct DeleteFileRequest: Sendable, Equatable {
    package var file: FileID
    package var chunks: [ChunkID]

    package init(file: FileID, chunks: [ChunkID]) {
        self.file = file
        self.chunks = chunks
    }
}

package enum FileDeletionOutcome: UInt8, Sendable {
    case deleted
    case notFound
    /// The chunks are not the file's.
    case mismatched
}

import Cryptography
import Files
import Merkle
package import Primitives

/// One thing that a user does: a file put, read, deleted, or somebody else's asked for.
package struct UserOperation: Sendable {
    /// What the user does.
    package enum Kind: Sendable {
        case put, get, delete, intrude
    }

    package let kind: Kind
    package let plan: FilePlan
    package let startedAt: Instant
    /// Of a file that is being put.
    var key: SecretKey?
    var sealed: [SealedChunk] = []
    /// Of a file that was looked up.
    var opened: OpenedFile?
    var chunks: [ChunkID] = []
    var leafHashes: [Hash256] = []

    var nextChunk = 0
    var underWay = 0
    package var retries = 0
    /// The read at the end of a run, after which nothing else will ask for the file.
    package var isFinal = false

    init(kind: Kind, plan: FilePlan, startedAt: Instant, key: SecretKey? = nil) {
        self.kind = kind
        self.plan = plan
        self.startedAt = startedAt
        self.key = key
    }

    func proof(of index: Int) -> InclusionProof { InclusionProof(of: index, in: leafHashes) }
}

/// What a user's own requests are for.
struct UserCall: Sendable {
    enum Step: Sendable {
        case lookUp
        case chunk(Int)
        case commit
    }

    var operation: UInt64
    var step: Step
    /// Tries so far, this one included.
    var attempt = 1
}

/// What came of an operation.
package struct UserReport: Sendable {
    /// How it ended.
    package enum Outcome: Sendable {
        case done
        case gaveUp
        /// The owner asks for deletion: from here on nothing is promised of the chunks.
        case deleting
        /// Something happened that must not.
        case violation(Oracles.Name, String)
    }

    package let operation: UserOperation
    package let chunks: [ChunkID]
    package let outcome: Outcome
}

/// A file of a simulated world before it is sealed: its content follows from this.
package struct FilePlan: Sendable, Hashable {
    package let id: FileID
    /// Counts the files of a world.
    package let ordinal: Int
    package let byteCount: Int
    package let owner: PeerID
}

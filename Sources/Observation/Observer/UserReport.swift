package import Primitives

/// A file of a workload before it is sealed: its content follows from this.
package struct FilePlan: Sendable, Hashable {
    package let id: FileID
    /// Counts the files of a run.
    package let ordinal: Int
    package let byteCount: Int
    package let owner: PeerID

    package init(id: FileID, ordinal: Int, byteCount: Int, owner: PeerID) {
        self.id = id
        self.ordinal = ordinal
        self.byteCount = byteCount
        self.owner = owner
    }
}

/// What came of something that a user did.
package struct UserReport: Sendable {
    /// What the user did.
    package enum Kind: Sendable {
        case put, get, delete, undelete
        /// Asked for somebody else's file.
        case intrude
    }

    /// How it ended.
    package enum Outcome: Sendable {
        case done
        case gaveUp
        /// The owner asks for deletion: from here on nothing is promised of the chunks.
        case deleting
        /// Something happened that must not.
        case violation(Oracles.Name, String)
    }

    package let kind: Kind
    package let plan: FilePlan
    package let startedAt: Instant
    package let retries: Int
    /// The read at the end of a run, after which nothing else will ask for the file.
    package let isFinal: Bool
    package let chunks: [ChunkID]
    package let outcome: Outcome

    package init(
        _ kind: Kind, _ plan: FilePlan, startedAt: Instant, retries: Int, isFinal: Bool,
        chunks: [ChunkID], outcome: Outcome
    ) {
        self.kind = kind
        self.plan = plan
        self.startedAt = startedAt
        self.retries = retries
        self.isFinal = isFinal
        self.chunks = chunks
        self.outcome = outcome
    }
}

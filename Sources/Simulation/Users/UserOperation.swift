import Cryptography
import Files
import Merkle
package import Observation
package import Primitives

/// One thing that a user does: a file put, read, deleted, or somebody else's asked for.
package struct UserOperation: Sendable {
    package let kind: UserReport.Kind
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

    func report(_ outcome: UserReport.Outcome) -> UserReport {
        UserReport(
            kind, plan, startedAt: startedAt, retries: retries, isFinal: isFinal,
            chunks: kind == .put ? sealed.map(\.id) : chunks, outcome: outcome)
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

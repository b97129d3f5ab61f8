package import Cryptography
import Foundation
package import Ledger
package import Merkle
package import Primitives
import Wire

/// What was last verified of a ledger. A chain that is cut off at its end still verifies, as a
/// shorter one; and so does one that was written anew. Whoever remembers how far it once was notices.
package struct LedgerMemory: Hashable, Sendable, Codable {
    package var backend: String
    /// The key that signs the chain.
    package var writer: Hash256
    package var blocks: UInt64
    package var records: UInt64
    /// The last block's hash.
    package var tip: Hash256

    /// What is remembered of a backend's ledger; nil for nothing. Throws `cannotRead`.
    package static func read(
        of backend: BackendAddress, in folders: ClientFolders
    ) throws(ClientError) -> LedgerMemory? {
        let path = folders.ledgerMemory(backend: backend)
        guard let bytes = try LocalFile.read(path) else { return nil }
        guard let memory = try? WireJSON.decode(Self.self, from: Data(bytes)) else {
            throw ClientError(
                .cannotRead,
                "\(path) should hold what was last verified of this ledger, but does not. If you "
                    + "know why, remove it.")
        }
        return memory
    }

    /// Remembers it. Throws `cannotWrite`.
    package func write(in folders: ClientFolders) throws(ClientError) {
        guard let address = BackendAddress(backend), let data = try? WireJSON.encode(self) else {
            preconditionFailure("a memory is of a backend and always JSON")
        }
        try LocalFile.write(Array(data) + [10], to: folders.ledgerMemory(backend: address))
    }
}

/// Checks a whole ledger, block by block as it comes, and against what is remembered of it.
package struct LedgerCheck {
    private var verifier: LedgerVerifier
    private let memory: LedgerMemory?
    private var metMemory = false
    /// What nodes were shown of ledgers, by height.
    private let witnesses: [UInt64: [SignedHeader]]
    /// So many of the nodes' headers are in this ledger.
    package private(set) var witnessed = 0

    /// `memory` is what an earlier check left; nil at the first, which takes the chain's word for who
    /// writes it.
    /// `heads` are headers that others were shown before the check began.
    package init(memory: LedgerMemory?, heads: [SignedHeader] = []) {
        self.memory = memory
        witnesses = Dictionary(grouping: heads.filter(\.hasValidSignature), by: \.header.height)
        verifier = LedgerVerifier(writer: memory.map { PublicKey(bytes: $0.writer) })
        metMemory = memory == nil || memory?.blocks == 0
    }

    /// The chain as far as it was checked.
    package var state: LedgerState { verifier.state }
    package var writer: PublicKey? { verifier.writer }

    /// Checks the next block and returns it. Throws `misbehaving`.
    @discardableResult
    package mutating func check(encoded bytes: [UInt8]) throws(ClientError) -> Block {
        let block = try translating(try verifier.check(encoded: bytes)) {
            ClientError(.misbehaving, Self.text(of: $0))
        }
        for head in witnesses[block.header.height] ?? [] where head.header.writer == writer {
            guard head == block.signedHeader else {
                throw ClientError(
                    .misbehaving,
                    "There are two ledgers: block \(block.header.height) is another than the backend "
                        + "showed a node. " + Self.advice)
            }
            witnessed += 1
        }
        if let memory, verifier.state.blockCount == memory.blocks {
            guard block.signedHeader.hash == memory.tip else {
                throw ClientError(
                    .misbehaving,
                    "The ledger was rewritten: block \(block.header.height) is not the one that was "
                        + "verified before. " + Self.advice)
            }
            metMemory = true
        }
        return block
    }

    /// Ends the chain; what to remember of it, nil for an empty one. Throws `misbehaving` where it is
    /// shorter than it once was.
    package func finish(backend: String) throws(ClientError) -> LedgerMemory? {
        let state = verifier.state
        guard metMemory else {
            throw ClientError(
                .misbehaving,
                "The ledger was cut off: it has \(state.blockCount) blocks, and had "
                    + "\(memory?.blocks ?? 0) when it was last verified. " + Self.advice)
        }
        guard let tip = state.tip, let writer else { return nil }
        let shown = witnesses.values.joined().filter { $0.header.writer == writer }
            .map(\.header.height).max()
        if let shown, shown >= state.blockCount {
            throw ClientError(
                .misbehaving,
                "The ledger was cut off: it has \(state.blockCount) blocks, and a node was shown "
                    + "block \(shown). The backend's log says \"ledger-behind\" where it lost them; "
                    + "otherwise do not trust it.")
        }
        return LedgerMemory(
            backend: backend, writer: writer.bytes, blocks: state.blockCount,
            records: UInt64(state.recordCount), tip: tip.hash)
    }

    private static let advice =
        "Do not trust this backend, unless you know that it was set up anew; then: "
        + "dsim ledger verify --forget"

    private static func text(of error: LedgerError) -> String {
        let text = "The ledger does not verify: \(error)."
        if case .wrongWriter = error.problem { return text + " " + advice }
        return text
    }
}

/// A record, and the proof that it is in a ledger as of a signed header; checked.
package struct ProvenRecord: Sendable {
    package let leaf: Hash256
    package let proof: InclusionProof
    package let header: SignedHeader

    /// Checks a proof. Throws `misbehaving` where it does not hold, or the header is not signed by
    /// `writer` (nil: by whom it says).
    package init(
        leaf: Hash256, proof: InclusionProof, header: SignedHeader, writer: PublicKey?
    ) throws(ClientError) {
        do {
            try header.verifyInclusion(
                of: leaf, proof: proof, writer: writer ?? header.header.writer)
        } catch {
            let reason =
                switch error {
                case .wrongWriter, .invalidSignature:
                    "The header that the proof is for is not signed by the ledger's writer."
                case .wrongTreeSize: "The proof is for a ledger of another size."
                case .merkle: "The proof does not hold: the record is not there."
                }
            throw ClientError(.misbehaving, reason)
        }
        self.leaf = leaf
        self.proof = proof
        self.header = header
    }
}

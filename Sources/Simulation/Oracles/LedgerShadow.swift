import Cryptography
import Ledger
import Primitives

/// A reader of one backend's ledger that trusts nothing but the durable blocks: verifies each as it
/// appears, and knows what the ledger says of every chunk.
package struct LedgerShadow: Sendable {
    private var verifier: LedgerVerifier
    private(set) var placements: [ChunkID: [PeerID]] = [:]
    private(set) var recordCount = 0
    private(set) var blockCount = 0

    init(writer: PublicKey) {
        // The hash links are checked at every block; the tip's signature at every inspection.
        verifier = LedgerVerifier(writer: writer, signatures: .tipOnly)
    }

    /// Takes in the next durable block. Returns the replicas that the ledger no longer counts on.
    mutating func read(
        _ encoded: [UInt8]
    ) throws(LedgerError) -> [(chunk: ChunkID, node: PeerID)] {
        let block = try verifier.check(encoded: encoded)
        var dropped: [(chunk: ChunkID, node: PeerID)] = []
        blockCount += 1
        recordCount += block.records.count
        for record in block.records {
            guard case .placement(let placement) = record else { continue }
            let before = placements.updateValue(placement.nodes, forKey: placement.chunk) ?? []
            if placement.isRelease { placements[placement.chunk] = nil }
            for node in before where !placement.nodes.contains(node) {
                dropped.append((placement.chunk, node))
            }
        }
        return dropped
    }

    /// Checks the signature of the last block, and with it all before.
    func checkTip() throws(LedgerError) { _ = try verifier.finish() }
}

import Cryptography
import Ledger
import Primitives

/// A reader of one backend's ledger that trusts nothing but the durable blocks: verifies each as it
/// appears, and knows what the ledger says of every chunk.
package struct LedgerReplay: Sendable {
    let writer: PublicKey
    private var verifier: LedgerVerifier
    private(set) var placements: [ChunkID: [PeerID]] = [:]
    private(set) var recordCount = 0
    private(set) var blockCount = 0

    init(writer: PublicKey) {
        self.writer = writer
        // The hash links are checked at every block; the tip's signature at every inspection.
        verifier = LedgerVerifier(writer: writer, signatures: .tipOnly)
    }

    /// What a block changes about where replicas are thought to be.
    struct Changes: Sendable {
        var recordCount = 0
        /// Counted on from now on.
        var named: [(chunk: ChunkID, node: PeerID)] = []
        /// Counted on no longer.
        var dropped: [(chunk: ChunkID, node: PeerID)] = []
    }

    /// Takes in the next durable block.
    mutating func read(_ encoded: [UInt8]) throws(LedgerError) -> Changes {
        let block = try verifier.check(encoded: encoded)
        var changes = Changes()
        blockCount += 1
        recordCount += block.records.count
        changes.recordCount = block.records.count
        for record in block.records {
            guard case .placement(let placement) = record else { continue }
            let before = placements.updateValue(placement.nodes, forKey: placement.chunk) ?? []
            if placement.isRelease { placements[placement.chunk] = nil }
            for node in before where !placement.nodes.contains(node) {
                changes.dropped.append((placement.chunk, node))
            }
            for node in placement.nodes where !before.contains(node) {
                changes.named.append((placement.chunk, node))
            }
        }
        return changes
    }

    /// Checks the signature of the last block, and with it all before.
    func checkTip() throws(LedgerError) { _ = try verifier.finish() }
}

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

    mutating func read(_ encoded: [UInt8]) throws(LedgerError) {
        let block = try verifier.check(encoded: encoded)
        blockCount += 1
        recordCount += block.records.count
        for record in block.records {
            guard case .placement(let placement) = record else { continue }
            placements[placement.chunk] = placement.isRelease ? nil : placement.nodes
        }
    }

    /// Checks the signature of the last block, and with it all before.
    func checkTip() throws(LedgerError) { _ = try verifier.finish() }
}

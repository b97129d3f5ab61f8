import Primitives

/// All backends' ledgers together.
package struct LedgerMeter: Sendable {
    package internal(set) var blocks = 0
    private var records = 0
    var bytes: UInt64 = 0
    /// Blocks that backends got back from nodes.
    package internal(set) var blocksFetched = 0
    /// Waits for nodes to keep a block that took too long.
    var blocksUnkept = 0
    /// Nodes found to lack blocks that they had kept.
    var copiesDamaged = 0
    var backendsBehind = 0
    /// Of the longest ledger.
    private var mostRecords = 0

    /// A block with so many records verified, after which its ledger has so many in all.
    mutating func read(records: Int, ofAll all: Int) {
        blocks += 1
        self.records += records
        mostRecords = max(mostRecords, all)
    }

    static let metrics = [
        Metric("ledger.blocks", "Blocks in all ledgers.", compared: [""], .count(\.ledger.blocks)),
        Metric(
            "ledger.records", "Records in all ledgers.", row: "ledger records", compared: [""],
            .count(\.ledger.records)),
        Metric("ledger.bytes", "Bytes of all ledgers.", compared: [""], .bytes(\.ledger.bytes)),
        Metric(
            "ledger.bytesPerFile", "Those bytes per acknowledged file.",
            row: "ledger bytes per file",
            .ratio(\.ledger.bytes, to: \.durability.filesAcknowledged, in: .bytes)),
        Metric(
            "ledger.blocksFetched",
            "Blocks that backends had lost and got back from the nodes that keep them.",
            .count(\.ledger.blocksFetched)),
        Metric(
            "ledger.blocksUnkept",
            "Blocks that were acted on before enough nodes kept them, since those did not answer in time.",
            .count(\.ledger.blocksUnkept)),
        Metric(
            "ledger.copiesDamaged",
            "Times that a node was found to lack blocks of a ledger that it had kept, and was sent them again.",
            .count(\.ledger.copiesDamaged)),
        Metric(
            "ledger.backendsBehind",
            "Backends that met a node which knew more of their ledger, and stopped writing and deleting.",
            .count(\.ledger.backendsBehind)),
        // A leaf of a tree of n leaves has at most ⌈log₂ n⌉ hashes above it (RFC 6962 §2.1.1).
        Metric(
            "ledger.inclusionProofBytes", "The largest proof that a record is in a ledger.",
            row: "inclusion proof",
            .value(in: .bytes) {
                let most = $0.ledger.mostRecords
                return .count(most > 0 ? 32 * PortableMath.ceilLog2(most) : 0)
            }),
    ]
}

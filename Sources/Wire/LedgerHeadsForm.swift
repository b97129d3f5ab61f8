/// The answer to `GET /heads` of a node: how far the ledgers are that it knows.
package struct LedgerHeadsForm: Hashable, Sendable, Codable {
    /// The last signed headers that their backends showed it, encoded.
    package var heads: [Hex]

    package init(heads: [Hex]) { self.heads = heads }
}

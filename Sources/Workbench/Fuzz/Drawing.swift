/// Which scenario is drawn: that of a seed, or a neighbour of it.
package struct Drawing: Codable, Hashable, Sendable {
    /// What most is drawn from.
    package var seed: UInt64
    /// Features and faults that are in where the seed leaves them out, and out where it has them in.
    package var flipped: [String] = []
    /// The seed of the world itself.
    package var run: UInt64

    package init(seed: UInt64, flipped: [String] = [], run: UInt64? = nil) {
        self.seed = seed
        self.flipped = flipped
        self.run = run ?? seed
    }

    package var isPlain: Bool { flipped.isEmpty && run == seed }

    /// A name that tells it from other drawings of one search.
    var name: String { isPlain ? "fuzz-\(seed)" : "fuzz-\(seed)-\(run)" }

    mutating func flip(_ feature: String) {
        if let index = flipped.firstIndex(of: feature) {
            flipped.remove(at: index)
        } else {
            flipped.append(feature)
        }
    }
}

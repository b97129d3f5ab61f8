/// How far two spellings are apart.
package enum EditDistance {
    /// Longer words are not compared: nobody misspells that much.
    private static let longestWord = 64

    /// Insertions, removals, replacements and swaps of neighbours that lead from one word to the
    /// other (optimal string alignment); upper and lower case count as the same.
    package static func between(_ a: String, _ b: String) -> Int {
        let a = Array(a.lowercased().unicodeScalars)
        let b = Array(b.lowercased().unicodeScalars)
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var cost = min(
                    previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    cost = min(cost, beforePrevious[j - 1] + 1)
                }
                row.append(cost)
            }
            beforePrevious = previous
            previous = row
        }
        return previous[b.count]
    }

    /// The candidate nearest to the word, the first of equally near ones; nil when none is near
    /// enough to have been meant.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        guard word.utf8.count <= longestWord else { return nil }
        var best: (distance: Int, candidate: String)?
        for candidate in candidates where candidate.utf8.count <= longestWord {
            let distance = between(word, candidate)
            let allowed = max(1, min(word.count, candidate.count) / 3 + 1)
            guard distance <= allowed else { continue }
            if best.map({ distance < $0.distance }) ?? true { best = (distance, candidate) }
        }
        return best?.candidate
    }
}

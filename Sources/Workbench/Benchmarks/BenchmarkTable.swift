/// Results as a Markdown table.
package enum BenchmarkTable {
    private static let head = ["name", "work", "measured", "reach", "reached"]

    package static func text(of results: [BenchmarkResult]) -> String {
        let rows = [head] + results.map(\.row)
        let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            "| "
                + zip(row, widths).map {
                    $0 + String(repeating: " ", count: $1 - $0.count)
                }.joined(separator: " | ") + " |"
        }
        let rule = "| " + widths.map { String(repeating: "-", count: $0) }.joined(separator: " | ")
        return ([lines[0], rule + " |"] + lines.dropFirst()).joined(separator: "\n") + "\n"
    }
}

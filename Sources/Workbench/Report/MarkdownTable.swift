/// Tables in Markdown whose columns line up in the raw text too.
enum MarkdownTable {
    /// `right` are the columns that line up at their right.
    static func text(_ titles: [String], right: Set<Int> = [], rows: [[String]]) -> String {
        let cells = rows.map { row in
            precondition(row.count == titles.count, "a row has a cell for every column")
            return row.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") }
        }
        let widths = titles.indices.map { column in
            // A long last column of words need not be padded.
            column == titles.count - 1 && !right.contains(column)
                ? 3 : max(3, ([titles] + cells).map { $0[column].count }.max() ?? 3)
        }
        let rule = titles.indices.map { column in
            right.contains(column)
                ? String(repeating: "-", count: widths[column] - 1) + ":"
                : String(repeating: "-", count: widths[column])
        }
        return ([titles, rule] + cells).map { row in
            let padded = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: max(0, widths[column] - cell.count))
                return right.contains(column) ? space + cell : cell + space
            }
            return "| " + padded.joined(separator: " | ") + " |\n"
        }.joined()
    }
}

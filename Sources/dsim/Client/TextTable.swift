/// Columns that line up, with two spaces between them.
struct TextTable {
    private var rows: [[String]]
    private let right: Set<Int>

    /// The first row may be titles; `right` are the columns that line up at their right.
    init(_ rows: [String]..., right: Set<Int> = []) {
        self.rows = rows
        self.right = right
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// A line a row; nothing behind the last word of a line.
    var text: String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return right.contains(column) ? space + cell : cell + space
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

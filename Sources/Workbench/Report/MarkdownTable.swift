/// A table in Markdown whose columns line up in the raw text too.
struct MarkdownTable {
    enum Alignment { case left, right }

    private let columns: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    init(_ columns: (String, Alignment)...) { self.init(columns) }

    init(_ columns: [(String, Alignment)]) {
        self.columns = columns.map { (title: $0.0, alignment: $0.1) }
    }

    mutating func add(_ cells: String...) { add(cells) }

    mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has a cell for every column")
        rows.append(cells.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") })
    }

    var text: String {
        let widths = columns.indices.map { index in
            // A long last column of words need not be padded.
            index == columns.count - 1 && columns[index].alignment == .left
                ? 3
                : max(3, ([columns[index].title] + rows.map { $0[index] }).map(\.count).max() ?? 3)
        }
        let rule = columns.indices.map { index in
            columns[index].alignment == .left
                ? String(repeating: "-", count: widths[index])
                : String(repeating: "-", count: widths[index] - 1) + ":"
        }
        return ([columns.map(\.title), rule] + rows).map { line($0, widths) }.joined()
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = cells.indices.map { index in
            let space = String(repeating: " ", count: max(0, widths[index] - cells[index].count))
            return columns[index].alignment == .left ? cells[index] + space : space + cells[index]
        }
        return "| " + padded.joined(separator: " | ") + " |\n"
    }
}

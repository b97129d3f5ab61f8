extension Extremes {
    /// In place of any value of JSON. Not all of it is JSON.
    private static let values: [[UInt8]] =
        (numbers + texts.map(quoted) + ["null", "true", "[]", "{}", "[[]]", "x"])
        .map { Array($0.utf8) }

    /// JSON in which one value at a time, be it a leaf or a list or an object, is an extreme, or stands
    /// very many times.
    package static func variants(ofJSON text: [UInt8]) -> [[UInt8]] {
        var all: [[UInt8]] = []
        for span in spans(in: text) {
            let one = Array(text[span])
            let many = Array([[UInt8]](repeating: one, count: 2_000).joined(separator: [0x2C]))
            for value in values + [many] {
                var other = text
                other.replaceSubrange(span, with: value)
                all.append(other)
            }
        }
        return all
    }

    /// Where the values of a valid text are.
    private static func spans(in text: [UInt8]) -> [Range<Int>] {
        var spans: [Range<Int>] = []
        var open: [Int] = []
        var index = 0
        while index < text.count {
            let start = index
            index += 1
            switch text[start] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): open.append(start)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): spans.append(open.removeLast()..<index)
            case UInt8(ascii: "\""):
                while text[index] != UInt8(ascii: "\"") {
                    index += text[index] == UInt8(ascii: "\\") ? 2 : 1
                }
                index += 1
                let next = text[index...].first { $0 != 0x20 && $0 != 0x0A }
                if next != UInt8(ascii: ":") { spans.append(start..<index) }
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"):
                while index < text.count, !" \n,]}".utf8.contains(text[index]) { index += 1 }
                spans.append(start..<index)
            default: break
            }
        }
        return spans
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\u{0}", with: "\\u0000") + "\""
    }
}

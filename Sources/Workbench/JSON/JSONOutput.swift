/// A JSON value to be written: members keep the order that they were given in, so that the same
/// value is always the same text.
package indirect enum JSONOutput: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    /// Written with six significant digits, or all digits of a whole number; `null` when it is no
    /// finite number.
    case number(Double)
    case string(String)
    case array([JSONOutput])
    case object([Member])

    package struct Member: Equatable, Sendable {
        package var name: String
        package var value: JSONOutput

        package init(_ name: String, _ value: JSONOutput) {
            self.name = name
            self.value = value
        }
    }

    /// Pretty text with two spaces a level and a final line end. Arrays of scalars stay on a line.
    package var text: String {
        var result = ""
        write(into: &result, indent: "")
        return result + "\n"
    }

    private func write(into text: inout String, indent: String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .unsigned(let value): text += String(value)
        case .number(let value): text += Self.digits(value)
        case .string(let value): text += Self.quote(value)
        case .array(let elements): Self.write(elements, into: &text, indent: indent)
        case .object(let members):
            Self.writeLines(members, between: ("{", "}"), into: &text, indent: indent) {
                $1 += Self.quote($0.name) + ": "
                $0.value.write(into: &$1, indent: indent + "  ")
            }
        }
    }

    private static func write(_ elements: [JSONOutput], into text: inout String, indent: String) {
        guard elements.contains(where: \.isContainer) else {
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += ", " }
                element.write(into: &text, indent: "")
            }
            text += "]"
            return
        }
        writeLines(elements, between: ("[", "]"), into: &text, indent: indent) {
            $0.write(into: &$1, indent: indent + "  ")
        }
    }

    private static func writeLines<Item>(
        _ items: [Item], between brackets: (String, String), into text: inout String,
        indent: String, _ body: (Item, inout String) -> Void
    ) {
        text += brackets.0
        for (index, item) in items.enumerated() {
            text += index == 0 ? "\n" : ",\n"
            text += indent + "  "
            body(item, &text)
        }
        text += items.isEmpty ? brackets.1 : "\n" + indent + brackets.1
    }

    private static func digits(_ value: Double) -> String {
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
        return value.isFinite ? DecimalNumber(value, significantDigits: 6).jsonText : "null"
    }

    private var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }

    /// The string between quotes, with the escapes that RFC 8259 §7 asks for.
    package static func quote(_ string: String) -> String {
        var result = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

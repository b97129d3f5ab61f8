/// A strict parser of JSON (RFC 8259) that keeps the line and column of every value and name.
///
/// Stricter than the RFC where that catches mistakes: a name may stand only once in an object.
/// Work and memory are linear in the input, nesting and size are bounded.
package struct JSONParser {
    /// Deepest nesting of arrays and objects.
    package static let maximumDepth = 64
    /// Largest text in bytes.
    package static let maximumBytes = 4 * 1024 * 1024

    let bytes: [UInt8]
    var index = 0
    var position = TextPosition(line: 1, column: 1)

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The one value that the text holds. Throws at the first place that is not JSON.
    package static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONNode {
        var parser = JSONParser(bytes)
        guard bytes.count <= maximumBytes else {
            throw parser.error(
                "the text has \(bytes.count) bytes; at most \(maximumBytes) are read")
        }
        guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else {
            throw parser.error("the text starts with a byte order mark; save it as plain UTF-8")
        }
        parser.skipSpace()
        let node = try parser.parseValue(depth: 0)
        parser.skipSpace()
        guard parser.current == nil else {
            throw parser.error("\(parser.found) follows the end of the value")
        }
        return node
    }

    // MARK: Values

    private mutating func parseValue(depth: Int) throws(JSONSyntaxError) -> JSONNode {
        guard depth <= Self.maximumDepth else {
            throw error("nested deeper than \(Self.maximumDepth) levels")
        }
        let start = position
        let value: JSONNode.Value
        switch current {
        case UInt8(ascii: "{"): value = .object(try parseObject(depth))
        case UInt8(ascii: "["): value = .array(try parseArray(depth))
        case UInt8(ascii: "\""): value = .string(try parseString())
        case UInt8(ascii: "-")?, (UInt8(ascii: "0")...UInt8(ascii: "9"))?:
            value = .number(try parseNumber())
        case let byte? where Self.isLetter(byte): value = try parseWord()
        default: throw error("a value is missing before \(found)")
        }
        return JSONNode(value: value, position: start)
    }

    private mutating func parseWord() throws(JSONSyntaxError) -> JSONNode.Value {
        let start = position
        var word = ""
        while let byte = current, Self.isLetter(byte), word.utf8.count < 40 {
            word.unicodeScalars.append(Unicode.Scalar(byte))
            advance()
        }
        switch word {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        default:
            throw JSONSyntaxError(
                position: start, problem: "\"\(word)\" is no value; text stands between quotes")
        }
    }

    private mutating func parseArray(_ depth: Int) throws(JSONSyntaxError) -> [JSONNode] {
        var elements: [JSONNode] = []
        advance()
        skipSpace()
        if take("]") { return elements }
        while true {
            elements.append(try parseValue(depth: depth + 1))
            skipSpace()
            if take("]") { return elements }
            try expectComma(closing: "]")
        }
    }

    private mutating func parseObject(_ depth: Int) throws(JSONSyntaxError) -> [JSONNode.Member] {
        var members: [JSONNode.Member] = []
        var lines: [String: Int] = [:]
        advance()
        skipSpace()
        if take("}") { return members }
        while true {
            let start = position
            guard current == UInt8(ascii: "\"") else {
                throw error("a name between quotes is missing before \(found)")
            }
            let name = try parseString()
            if let line = lines.updateValue(start.line, forKey: name) {
                throw JSONSyntaxError(
                    position: start,
                    problem: "\(Excerpt.quoted(name)) stands a second time; first on line \(line)")
            }
            skipSpace()
            guard take(":") else { throw error("\":\" is missing before \(found)") }
            skipSpace()
            let node = try parseValue(depth: depth + 1)
            members.append(JSONNode.Member(name: name, position: start, node: node))
            skipSpace()
            if take("}") { return members }
            try expectComma(closing: "}")
        }
    }

    private mutating func expectComma(closing: Character) throws(JSONSyntaxError) {
        let comma = position
        guard take(",") else { throw error("\",\" or \"\(closing)\" is missing before \(found)") }
        skipSpace()
        if let byte = current, byte == closing.asciiValue {
            throw JSONSyntaxError(
                position: comma, problem: "a \",\" stands before the closing \"\(closing)\"")
        }
    }

    private mutating func parseNumber() throws(JSONSyntaxError) -> String {
        let start = index
        _ = take("-")
        if take("0") {
            if let byte = current, Self.isDigit(byte) { throw error("a number starts with 0") }
        } else {
            try takeDigits()
        }
        if take(".") { try takeDigits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try takeDigits()
        }
        if let byte = current, Self.isLetter(byte) {
            throw error("\(found) follows a number; a value with a unit stands between quotes")
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func takeDigits() throws(JSONSyntaxError) {
        guard let byte = current, Self.isDigit(byte) else {
            throw error("a digit is missing before \(found)")
        }
        while let byte = current, Self.isDigit(byte) { advance() }
    }

    // MARK: The text

    var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// What stands at the current place, for an error.
    var found: String {
        guard let byte = current else { return "the end of the text" }
        if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "#") {
            return "\"\(Character(Unicode.Scalar(byte)))\" (JSON has no comments)"
        }
        let next = String(decoding: bytes[index..<min(index + 4, bytes.count)], as: UTF8.self)
        return Excerpt.quoted(String(next.prefix(1)))
    }

    mutating func advance() {
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: "\n") {
            position.line += 1
            position.column = 1
        } else if byte & 0xC0 != 0x80 {
            position.column += 1
        }
    }

    mutating func take(_ character: Character) -> Bool {
        guard let byte = current, byte == character.asciiValue else { return false }
        advance()
        return true
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            advance()
        }
    }

    func error(_ problem: String) -> JSONSyntaxError {
        JSONSyntaxError(position: position, problem: problem)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

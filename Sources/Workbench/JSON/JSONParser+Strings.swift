extension JSONParser {
    /// The string whose opening quote stands at the current place, escapes resolved.
    mutating func parseString() throws(JSONSyntaxError) -> String {
        let start = position
        var text: [UInt8] = []
        advance()
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                advance()
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw JSONSyntaxError(position: start, problem: "the string is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): try text.append(contentsOf: parseEscape())
            case 0..<0x20:
                throw error("a string runs over a line end or a control character; close it first")
            default:
                text.append(byte)
                advance()
            }
        }
        throw JSONSyntaxError(position: start, problem: "the string is not closed")
    }

    /// The UTF-8 bytes that the escape at the current place stands for.
    private mutating func parseEscape() throws(JSONSyntaxError) -> [UInt8] {
        let start = position
        advance()
        guard let byte = current else { throw error("the text ends within an escape") }
        advance()
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(try parseScalar(from: start)).utf8)
        default:
            throw JSONSyntaxError(position: start, problem: "no such escape; a \\ is written \\\\")
        }
    }

    /// The scalar after `\u`: four digits, or two such escapes that form a surrogate pair.
    private mutating func parseScalar(
        from start: TextPosition
    ) throws(JSONSyntaxError) -> Unicode.Scalar {
        var code = try parseFourDigits()
        if (0xD800..<0xDC00).contains(code), take("\\"), take("u") {
            let low = try parseFourDigits()
            guard (0xDC00..<0xE000).contains(low) else {
                throw JSONSyntaxError(position: start, problem: "half of a surrogate pair")
            }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw JSONSyntaxError(position: start, problem: "half of a surrogate pair")
        }
        return scalar
    }

    private mutating func parseFourDigits() throws(JSONSyntaxError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else {
                throw error("\\u needs four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            advance()
        }
        return code
    }
}

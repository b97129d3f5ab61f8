import Primitives
import Testing

@testable import Workbench

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONNode { try JSONParser.parse(Array(text.utf8)) }

    private func failure(_ text: String) -> String? { failure(Array(text.utf8)) }

    private func failure(_ bytes: [UInt8]) -> String? {
        do {
            _ = try JSONParser.parse(bytes)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `every kind of value is read with its place`() throws {
        let node = try parse("{\"a\": [1, -2.5e+3,\n  true, false, null], \"b\": \"x\"}")
        guard case .object(let members) = node.value else {
            Issue.record("no object")
            return
        }
        #expect(node.position == TextPosition(line: 1, column: 1))
        #expect(members.map(\.name) == ["a", "b"])
        #expect(members[0].position == TextPosition(line: 1, column: 2))
        guard case .array(let elements) = members[0].node.value else {
            Issue.record("no array")
            return
        }
        #expect(
            elements.map(\.value) == [
                .number("1"), .number("-2.5e+3"), .bool(true), .bool(false), .null,
            ])
        #expect(elements[1].position == TextPosition(line: 1, column: 11))
        #expect(elements[2].position == TextPosition(line: 2, column: 3))
        #expect(members[1].node.value == .string("x"))
    }

    @Test func `columns count scalars and carriage returns do not count as lines`() throws {
        #expect(failure("[\"äöü€𝄞\", x]") == "1:11: \"x\" is no value; text stands between quotes")
        #expect(failure("[1,\r\n x]") == "2:2: \"x\" is no value; text stands between quotes")
    }

    @Test(arguments: [
        (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{c}\n\r\tz"),
        (#""\u0041\u00e9\u20AC\ud834\udd1e""#, "Aé€𝄞"), (#""é𝄞""#, "é𝄞"), (#""""#, ""),
    ])
    func `strings are unescaped`(text: String, value: String) throws {
        #expect(try parse(text).value == .string(value))
    }

    @Test(arguments: [
        "0", "-0", "10", "1.5", "1e5", "1E-5", "-0.25e+10", "123456789012345678901234567890",
    ])
    func `numbers keep their digits`(text: String) throws {
        #expect(try parse(text).value == .number(text))
    }

    @Test(arguments: [
        ("", "1:1: a value is missing before the end of the text"),
        ("  ", "1:3: a value is missing before the end of the text"),
        ("{", "1:2: a name between quotes is missing before the end of the text"),
        ("{\"a\"}", "1:5: \":\" is missing before \"}\""),
        ("{\"a\": }", "1:7: a value is missing before \"}\""),
        ("{\"a\": 1 \"b\"", "1:9: \",\" or \"}\" is missing before \"\"\""),
        ("{\"a\": 1,}", "1:8: a \",\" stands before the closing \"}\""),
        ("[1, ]", "1:3: a \",\" stands before the closing \"]\""),
        ("[1 2]", "1:4: \",\" or \"]\" is missing before \"2\""),
        ("{a: 1}", "1:2: a name between quotes is missing before \"a\""),
        ("{\"a\": 1, \"a\": 2}", "1:10: \"a\" stands a second time; first on line 1"),
        ("{\"a\": 1, \"\\u0061\": 2}", "1:10: \"a\" stands a second time; first on line 1"),
        ("// x\n1", "1:1: a value is missing before \"/\" (JSON has no comments)"),
        ("1 1", "1:3: \"1\" follows the end of the value"),
        ("01", "1:2: a number starts with 0"),
        ("-", "1:2: a digit is missing before the end of the text"),
        ("1.", "1:3: a digit is missing before the end of the text"),
        ("1e+", "1:4: a digit is missing before the end of the text"),
        (".5", "1:1: a value is missing before \".\""),
        ("30s", "1:3: \"s\" follows a number; a value with a unit stands between quotes"),
        ("+1", "1:1: a value is missing before \"+\""),
        ("NaN", "1:1: \"NaN\" is no value; text stands between quotes"),
        ("nul", "1:1: \"nul\" is no value; text stands between quotes"),
        ("\"abc", "1:1: the string is not closed"),
        ("\"a\nb\"", "1:3: a string runs over a line end or a control character; close it first"),
        ("\"\\x\"", "1:2: no such escape; a \\ is written \\\\"),
        ("\"\\u12g4\"", "1:6: \\u needs four hexadecimal digits"),
        ("\"\\ud834\"", "1:2: half of a surrogate pair"),
        ("\"\\ud834\\u0041\"", "1:2: half of a surrogate pair"),
        ("\"\\udd1e\"", "1:2: half of a surrogate pair"),
        ("\"\\", "1:3: the text ends within an escape"),
    ])
    func `what is not JSON is refused with its place`(text: String, message: String) {
        #expect(failure(text) == message)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(failure([0x22, 0xFF, 0x22]) == "1:1: the string is not UTF-8")
        #expect(failure([0x22, 0xED, 0xA0, 0x80, 0x22]) == "1:1: the string is not UTF-8")
        #expect(failure([0xEF, 0xBB, 0xBF, 0x31])?.contains("byte order mark") == true)
        #expect(failure([0x00]) == "1:1: a value is missing before \"\\u{0}\"")
    }

    @Test func `nesting and size are bounded`() {
        let deep = String(repeating: "[", count: 1_000_000)
        #expect(failure(deep) == "1:66: nested deeper than 64 levels")
        let objects = String(repeating: "{\"a\":", count: 100_000)
        #expect(failure(objects)?.contains("nested deeper") == true)
        let fits = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        #expect(failure(fits) == nil)
        let large = [UInt8](repeating: 0x20, count: JSONParser.maximumBytes + 1)
        #expect(failure(large)?.contains("at most 4194304") == true)
    }

    @Test func `damaged text never crashes the parser`() {
        let text = Array(
            #"{"a": [1.5e-3, "x\n\u00e9", {"b": null, "c": [true, false]}], "d": -0}"#.utf8)
        let seed: UInt64 = 7
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        var accepted = 0
        for _ in 0..<20_000 {
            var damaged = text
            for _ in 0...random.below(3) {
                let index = random.below(damaged.count)
                switch random.below(3) {
                case 0: damaged[index] = UInt8(random.below(256))
                case 1: damaged.remove(at: index)
                default: damaged.insert(UInt8(random.below(256)), at: index)
                }
            }
            if failure(damaged) == nil { accepted += 1 }
        }
        #expect(accepted > 0 && accepted < 20_000, "seed \(seed)")
    }

    @Test func `every prefix of a text is refused`() {
        let text = Array(#"{"a": [1, "x\n", {"b": null}]}"#.utf8)
        for count in 0..<text.count { #expect(failure(Array(text[..<count])) != nil) }
        #expect(failure(text) == nil)
    }
}

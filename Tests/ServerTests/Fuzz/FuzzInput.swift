import Primitives

/// Makes requests from a description: some as described, most of them wrong in one or two places.
struct FuzzInput {
    var random: RandomSource
    let check: SchemaCheck

    private static let numbers = [
        "0", "-1", "1", "255", "4294967295", "4294967296", "-4294967296", "9007199254740993",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "18446744073709551615", "18446744073709551616", "1e308", "1e999",
        "-0", "0.5", "1e18", "1" + String(repeating: "0", count: 400), "NaN", "0x10", "+1",
    ]

    private static let texts = [
        "", " ", ".", "..", "../../etc/passwd", "/", "\\", "\u{0}", "\u{7F}", "%00", "%", "%zz",
        "ÿ", "é", "e\u{301}", "\u{202E}x", "\u{FEFF}", "😀", "null", "'; DROP TABLE blocks; --",
        "<script>alert(1)</script>", "a\r\nX-Evil: 1", "${jndi:ldap://x}", "{{7*7}}",
        "-1", "0", "18446744073709551616", "true", "http://127.0.0.1:1", "[::1]",
    ]

    // MARK: Values

    /// A value that fits a schema, more or less: patterns are met where they are simple.
    mutating func sample(_ schema: JSON) -> JSON {
        guard let schema = check.resolve(schema) else { return .null }
        if let choices = schema["oneOf"]?.array { return sample(pick(choices)) }
        if let only = schema["const"] { return only }
        if let allowed = schema["enum"]?.array { return pick(allowed) }
        switch schema["type"]?.string {
        case "object":
            var all: [String: JSON] = [:]
            let members = (schema["properties"]?.object ?? [:]).sorted { $0.key < $1.key }
            let required = Set(schema["required"]?.strings ?? [])
            for (name, inner) in members where required.contains(name) || random.chance(0.5) {
                all[name] = sample(inner)
            }
            return .object(all)
        case "array":
            let count = random.below(4)
            return .array((0..<count).map { _ in sample(schema["items"] ?? .null) })
        case "integer": return .raw(Array(pick(Self.numbers).utf8))
        case "boolean": return .bool(random.chance(0.5))
        default: return .string(text(like: schema["pattern"]?.string))
        }
    }

    private mutating func text(like pattern: String?) -> String {
        guard let pattern else { return random.chance(0.5) ? "a name" : pick(Self.texts) }
        if let match = pattern.firstMatch(of: /a-f\]\{([0-9]+)\}/), let count = Int(match.1) {
            return Hexadecimal.encode(random.bytes(count / 2))
        }
        if pattern.hasPrefix("^https?") { return "http://127.0.0.1:1" }
        if pattern.hasPrefix("^([0-9a") { return Hexadecimal.encode(random.bytes(32)) }
        if pattern.contains("={0,2}") { return ["", "AAAA", "AA==", "/+8="][random.below(4)] }
        return ["ada", "bob", "x"][random.below(3)]
    }

    /// Something else in place of one value somewhere in another.
    mutating func spoil(_ value: JSON) -> JSON {
        guard random.chance(0.7) else { return hostile() }
        switch value {
        case .object(var all) where !all.isEmpty:
            let name = pick(all.keys.sorted())
            switch random.below(4) {
            case 0: all[name] = nil
            case 1: all[name + "x"] = hostile()
            default: all[name] = spoil(all[name] ?? .null)
            }
            return .object(all)
        case .array(var all) where !all.isEmpty:
            let index = random.below(all.count)
            all[index] = spoil(all[index])
            return .array(all)
        default: return hostile()
        }
    }

    private mutating func hostile() -> JSON {
        switch random.below(10) {
        case 0: .null
        case 1: .bool(true)
        case 2, 3: .raw(Array(pick(Self.numbers).utf8))
        case 4: .string(pick(Self.texts))
        case 5: .string(String(repeating: "A", count: 1 << random.below(15)))
        case 6: .array([])
        case 7: .object(["": .null])
        // Deep.
        case 8:
            .raw(
                [UInt8](repeating: UInt8(ascii: "["), count: 1_500)
                    + [UInt8](repeating: UInt8(ascii: "]"), count: random.below(1_600)))
        // No UTF-8.
        default: .raw([0x22, 0xFF, 0xC0, 0xAF, 0xED, 0xA0, 0x80, 0x22])
        }
    }

    mutating func pick<Value>(_ all: [Value]) -> Value { all[random.below(all.count)] }

    // MARK: Requests

    /// A path and query for an operation.
    mutating func target(_ operation: APIDescription.Operation) -> String {
        var path = operation.path
        for parameter in operation.parameters where parameter.place == "path" {
            path = path.replacing("{\(parameter.name)}", with: escaped(parameter))
        }
        var query: [String] = []
        for parameter in operation.parameters where parameter.place == "query" {
            guard parameter.isRequired ? !random.chance(0.1) : random.chance(0.5) else { continue }
            query.append("\(parameter.name)=\(escaped(parameter))")
            if random.chance(0.05) { query.append("\(parameter.name)=again") }
        }
        if random.chance(0.05) { query.append(pick(["=", "&&", "a", "%", "%F", "x=%FF%00", "?"])) }
        return query.isEmpty ? path : path + "?" + query.joined(separator: "&")
    }

    private mutating func escaped(_ parameter: APIDescription.Parameter) -> String {
        let value = sample(parameter.schema)
        var text = value.string ?? String(decoding: value.bytes, as: UTF8.self)
        if random.chance(0.4) { text = pick(Self.texts + Self.numbers) }
        // Without one of its parts a path is another route's, and slashes in a row count as one.
        if parameter.place == "path", text.allSatisfy({ $0 == "/" }) { text = " " }
        // Sometimes badly escaped, but never so that it ends the line.
        return text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                String(UnicodeScalar(byte))
            case UInt8(ascii: "%"), UInt8(ascii: "/"), UInt8(ascii: "."):
                random.chance(0.5)
                    ? String(UnicodeScalar(byte)) : "%" + Hexadecimal.encode([byte])
            default: "%" + Hexadecimal.encode([byte])
            }
        }.joined()
    }

    /// A body for an operation; nil for none.
    mutating func body(_ operation: APIDescription.Operation) -> [UInt8]? {
        if random.chance(0.05) { return random.bytes(random.below(64)) }
        guard let (type, schema) = operation.body.min(by: { $0.key < $1.key }) else { return nil }
        guard type == "application/json" else { return random.bytes(random.below(2_000)) }
        var value = sample(schema)
        let spoils = [0, 1, 1, 2][random.below(4)]
        for _ in 0..<spoils { value = spoil(value) }
        var bytes = value.bytes
        switch random.below(20) {
        case 0: bytes.removeLast(min(bytes.count, 1 + random.below(4)))
        case 1: bytes = [0xEF, 0xBB, 0xBF] + bytes
        case 2: bytes += bytes
        case 3: bytes = Array("{\"a\":1,".utf8) + bytes.dropFirst()
        default: break
        }
        return bytes
    }

    /// Headers that nobody asked for.
    mutating func noise() -> [(String, String)] {
        let all: [(String, String)] = [
            ("Range", pick(["bytes=0-", "bytes=-1", "bytes=9-1", "bytes=0-0,2-3", "bytes=x-"])),
            ("Range", "bytes=18446744073709551615-18446744073709551615"),
            ("Range", "bytes=-18446744073709551615"), ("Range", "bytes=0-18446744073709551616"),
            ("If-Range", "\"x\""), ("If-None-Match", "*"), ("X-Request-Id", "a b\u{1}"),
            ("X-Request-Id", String(repeating: "x", count: 65)), ("Content-Type", "text/html"),
            ("Cookie", "dsim_session=x; dsim_session=y;;;=;"), ("Cookie", "dsim_session"),
            ("X-DecentraStore", "2"), ("Expect", "100-continue"), ("Accept-Encoding", "gzip"),
            ("DecentraStore-Capability", Hexadecimal.encode(random.bytes(120))),
            ("DecentraStore-Capability", "ff"), ("DecentraStore-Member", "node x y z"),
            ("X-Forwarded-For", "1.2.3.4"), ("Connection", "keep-alive, close, upgrade"),
        ]
        return (0..<random.below(3)).map { _ in pick(all) }
    }
}

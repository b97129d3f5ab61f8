import Foundation

/// A JSON value of any shape, or bytes that are none.
indirect enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])
    /// Written as it is: for what no value can say.
    case raw([UInt8])

    init(parsing bytes: [UInt8]) throws {
        self = try JSONDecoder().decode(Parsed.self, from: Data(bytes)).value
    }

    subscript(key: String) -> JSON? { if case .object(let all) = self { all[key] } else { nil } }
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var number: Double? { if case .number(let number) = self { number } else { nil } }
    var array: [JSON]? { if case .array(let all) = self { all } else { nil } }
    var object: [String: JSON]? { if case .object(let all) = self { all } else { nil } }
    var strings: [String] { array?.compactMap(\.string) ?? [] }

    var bytes: [UInt8] {
        switch self {
        case .null: Array("null".utf8)
        case .bool(let value): Array("\(value)".utf8)
        case .number(let value):
            Array((Int(exactly: value).map { "\($0)" } ?? "\(value)").utf8)
        case .string(let text): Self.quoted(text)
        case .array(let all):
            Array("[".utf8) + Array(all.map(\.bytes).joined(separator: Array(",".utf8)))
                + Array("]".utf8)
        case .object(let all):
            Array("{".utf8)
                + Array(
                    all.sorted { $0.key < $1.key }
                        .map { Self.quoted($0) + Array(":".utf8) + $1.bytes }
                        .joined(separator: Array(",".utf8))) + Array("}".utf8)
        case .raw(let bytes): bytes
        }
    }

    private static func quoted(_ text: String) -> [UInt8] {
        let escaped = text.unicodeScalars.map { scalar in
            scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
                ? "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2)
                    + String(scalar.value, radix: 16)
                : String(scalar)
        }
        return Array(("\"" + escaped.joined() + "\"").utf8)
    }

    private struct Parsed: Decodable {
        let value: JSON

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                value = .null
            } else if let bool = try? container.decode(Bool.self) {
                value = .bool(bool)
            } else if let number = try? container.decode(Double.self) {
                value = .number(number)
            } else if let text = try? container.decode(String.self) {
                value = .string(text)
            } else if let all = try? container.decode([Parsed].self) {
                value = .array(all.map(\.value))
            } else {
                value = .object(try container.decode([String: Parsed].self).mapValues(\.value))
            }
        }
    }
}

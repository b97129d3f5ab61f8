package import Foundation

/// JSON as it travels between servers and clients: members in alphabetical order, slashes as they
/// are, byte strings by the types that hold them (see `Base64` and the conformances beside it).
package enum WireJSON {
    private static let encoder = encoder([])
    private static let prettyEncoder = encoder(.prettyPrinted)
    private static let decoder = JSONDecoder()

    private static func encoder(_ formatting: JSONEncoder.OutputFormatting) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, formatting]
        return encoder
    }

    /// The UTF-8 text of a value. Throws only for values that JSON cannot hold.
    package static func encode(_ value: some Encodable) throws -> Data { try encoder.encode(value) }

    /// The same on several lines, for people.
    package static func pretty(_ value: some Encodable) throws -> String {
        String(decoding: try prettyEncoder.encode(value), as: UTF8.self)
    }

    /// Reads a value. Unknown members are passed over, so that a newer peer may say more. Throws
    /// `DecodingError`, which names the member; not for the user's eyes, as it may quote what it read.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from data: Data
    ) throws -> Value {
        try decoder.decode(type, from: data)
    }
}

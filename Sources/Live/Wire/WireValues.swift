import Foundation
package import Primitives

/// Bytes that travel as base64, such as sealed manifests and wrapped keys.
package struct Base64: Hashable, Sendable, Codable {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let data = Data(base64Encoded: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not base64")
        }
        bytes = Array(data)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Data(bytes).base64EncodedString())
    }
}

/// Bytes that travel as hexadecimal digits, such as salts.
package struct Hex: Hashable, Sendable, Codable {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package init(from decoder: any Decoder) throws {
        bytes = try decoder.hexadecimal(Hexadecimal.decode)
    }

    package func encode(to encoder: any Encoder) throws {
        try encoder.encodeText(Hexadecimal.encode(bytes))
    }
}

/// 64 hexadecimal digits.
extension Hash256: Codable {
    package init(from decoder: any Decoder) throws {
        self = try decoder.hexadecimal { Hash256(hexadecimal: $0) }
    }

    package func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}

/// 64 hexadecimal digits.
extension ChunkID: Codable {
    package init(from decoder: any Decoder) throws { self.init(try Hash256(from: decoder)) }

    package func encode(to encoder: any Encoder) throws { try hash.encode(to: encoder) }
}

/// 32 hexadecimal digits.
extension FileID: Codable {
    package init(from decoder: any Decoder) throws {
        self = try decoder.hexadecimal { FileID(hexadecimal: $0) }
    }

    package func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }

    /// From 32 hexadecimal digits; nil for anything else.
    package init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.decode(text), bytes.count == 16 else { return nil }
        var reader = ByteReader(bytes)
        guard let id = try? reader.readFileID() else { return nil }
        self = id
    }
}

/// 16 hexadecimal digits.
extension PeerID: Codable {
    package init(from decoder: any Decoder) throws {
        self = try decoder.hexadecimal { PeerID(hexadecimal: $0) }
    }

    package func encode(to encoder: any Encoder) throws { try encoder.encodeText(hexadecimal) }
}

extension Decoder {
    fileprivate func hexadecimal<Value>(_ read: (String) -> Value?) throws -> Value {
        let container = try singleValueContainer()
        guard let value = read(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not as many hexadecimal digits as it needs")
        }
        return value
    }
}

extension Encoder {
    fileprivate func encodeText(_ text: String) throws {
        var container = singleValueContainer()
        try container.encode(text)
    }
}

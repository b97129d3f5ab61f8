import Foundation
import Primitives
import Testing

/// A file of published vectors from the bundle.
enum Vectors {
    static func load<T: Decodable>(_ type: T.Type, from name: String) throws -> T {
        let url = try #require(
            Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Vectors"))
        return try JSONDecoder().decode(type, from: Data(contentsOf: url))
    }
}

/// The frame that Project Wycheproof puts around its tests.
struct Wycheproof<Group: Decodable>: Decodable {
    let numberOfTests: Int
    let testGroups: [Group]
}

/// Bytes that a vector file gives as hexadecimal text.
struct HexBytes: Decodable {
    let bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        bytes = try #require(Hexadecimal.decode(text))
    }
}

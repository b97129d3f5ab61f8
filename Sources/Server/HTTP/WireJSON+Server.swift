import Foundation
package import Roles
import Wire

/// JSON at a server's edge: what it says can always be encoded, and what it hears is refused in words.
extension WireJSON {
    package static func bytes(_ form: some Encodable) -> [UInt8] {
        do {
            return Array(try encode(form))
        } catch {
            preconditionFailure("a form of our own cannot be encoded: \(error)")
        }
    }

    /// Throws `WireError.malformed` with the key path where a body is not what it should be.
    package static func read<Form: Decodable>(
        _ type: Form.Type, from bytes: [UInt8]
    ) throws(WireError) -> Form {
        do {
            return try decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw .malformed(Self.describe(error))
        } catch {
            throw .malformed("the body is not JSON")
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
                .joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            let prefix = path(context)
            return "\(prefix.isEmpty ? "" : prefix + ".")\(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let name = path(context)
            return "\(name.isEmpty ? "the body" : name) has the wrong type"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "\(path(context)) is not valid"
        default: return "the body is not JSON"
        }
    }
}

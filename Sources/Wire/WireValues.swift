import Foundation
import Primitives

/// Bytes that travel as base64 (RFC 4648 §4), such as sealed manifests and wrapped keys.
package struct Base64: Hashable, Sendable, TextCodable {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Nil for anything but what `text` gives: other texts stand for the same bytes.
    package init?(text: String) {
        guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else {
            return nil
        }
        bytes = Array(data)
    }

    package var text: String { Data(bytes).base64EncodedString() }

    /// Nil for anything but what `urlText` gives.
    package init?(urlText: String) {
        let text = urlText.replacing("-", with: "+").replacing("_", with: "/")
        self.init(text: text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4))
        guard self.urlText == urlText else { return nil }
    }

    /// As it stands in a URL, without padding (RFC 4648 §5).
    package var urlText: String {
        text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

/// Bytes that travel as hexadecimal digits, such as salts.
package struct Hex: Hashable, Sendable, TextCodable {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package init?(text: String) {
        guard let bytes = Hexadecimal.decode(text) else { return nil }
        self.bytes = bytes
    }

    package var text: String { Hexadecimal.encode(bytes) }
}

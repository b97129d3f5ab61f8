import Primitives

extension PublicKey: HexadecimalCodable {
    package init?(hexadecimalText: String) {
        guard let bytes = Hash256(hexadecimal: hexadecimalText) else { return nil }
        self.init(bytes: bytes)
    }
    package var hexadecimalText: String { bytes.description }
}

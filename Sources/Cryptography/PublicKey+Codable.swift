import Primitives

extension PublicKey: HexadecimalCodable {
    package init?(hexadecimal: String) {
        guard let bytes = Hash256(hexadecimal: hexadecimal) else { return nil }
        self.init(bytes: bytes)
    }
    package var hexadecimal: String { bytes.description }
}

package import Primitives

extension ChunkID {
    /// From 64 hexadecimal digits.
    package init?(hexadecimal text: String) {
        guard let hash = Hash256(hexadecimal: text) else { return nil }
        self.init(hash)
    }
}

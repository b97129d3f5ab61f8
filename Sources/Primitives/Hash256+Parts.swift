/// A hash by its parts: four words, or the 64 four-bit digits by which a radix tree branches.
extension Hash256 {
    /// The four words, most significant first.
    @inlinable
    package var words: (UInt64, UInt64, UInt64, UInt64) { (word0, word1, word2, word3) }

    /// The first `count` digits (0 to 64), with every later one made zero.
    package func keepingNibbles(_ count: Int) -> Hash256 {
        func mask(_ word: Int) -> UInt64 {
            let kept = min(max(count - word * 16, 0), 16)
            return kept == 0 ? 0 : UInt64.max << UInt64(64 - kept * 4)
        }
        return Hash256(word0 & mask(0), word1 & mask(1), word2 & mask(2), word3 & mask(3))
    }

    /// The same hash with the digit at `depth` (0 to 63) replaced by the low four bits of `digit`.
    package func replacingNibble(at depth: Int, with digit: Int) -> Hash256 {
        let shift = UInt64(60 - (depth & 15) * 4)
        let cleared = ~(UInt64(15) << shift)
        let placed = UInt64(truncatingIfNeeded: digit & 15) << shift
        func word(_ index: Int, _ value: UInt64) -> UInt64 {
            depth >> 4 == index ? value & cleared | placed : value
        }
        return Hash256(word(0, word0), word(1, word1), word(2, word2), word(3, word3))
    }
}

import Primitives

/// Bytes that nobody could compress, the same for the same seed.
func randomBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = RandomSource(seed: seed, who: 0, purpose: 0)
    return random.bytes(count)
}

import Primitives

/// Folds words into 64 bits, cheaply and the same in every process: a multiply and a shift a word,
/// with the constants of SplitMix64.
struct FingerprintMixer {
    private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

    mutating func mix(_ word: UInt64) {
        value = (value ^ word) &* 0xBF58_476D_1CE4_E5B9
        value ^= value >> 31
    }

    mutating func mix(_ hash: Hash256) {
        let words = hash.words
        mix(words.0)
        mix(words.1)
        mix(words.2)
        mix(words.3)
    }
}

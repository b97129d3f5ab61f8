import Primitives
import Testing

@Suite("The parts of a hash")
struct Hash256PartsTests {
    private let hash = Hash256(
        hexadecimal: "0123456789abcdef" + "fedcba9876543210" + "1122334455667788"
            + "99aabbccddeeff00")!

    @Test
    func `are its words, most significant first`() {
        let words = hash.words
        #expect(Hash256(words.0, words.1, words.2, words.3) == hash)
        #expect(words.0 == 0x0123_4567_89AB_CDEF && words.3 == 0x99AA_BBCC_DDEE_FF00)
    }

    @Test
    func `are its digits, of which the first can be kept and each replaced`() {
        let text = Array(hash.description)
        for count in 0...64 {
            let expected = String(text[..<count]) + String(repeating: "0", count: 64 - count)
            #expect(hash.keepingNibbles(count).description == expected)
        }
        for depth in 0..<64 {
            var expected = text
            expected[depth] = "b"
            #expect(hash.replacingNibble(at: depth, with: 11).description == String(expected))
            #expect(String(hash.nibble(at: depth), radix: 16) == String(text[depth]))
        }
    }
}

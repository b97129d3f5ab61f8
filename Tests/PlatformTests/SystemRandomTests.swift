import Cryptography
import Platform
import Testing

@Suite struct SystemRandomTests {
    @Test(arguments: [0, 1, 7, 8, 9, 33])
    func `all bytes that are asked for are drawn`(count: Int) {
        var seen = [UInt8](repeating: 0, count: count)
        for _ in 0..<64 {
            let bytes = SystemRandom.bytes(count)
            #expect(bytes.count == count)
            for (index, byte) in bytes.enumerated() { seen[index] |= byte }
        }
        #expect(!seen.contains(0))
    }

    @Test func `keys have 256 bits and differ`() {
        #expect(SystemRandom.key().count == 32)
        #expect(SystemRandom.key() != SystemRandom.key())
    }
}

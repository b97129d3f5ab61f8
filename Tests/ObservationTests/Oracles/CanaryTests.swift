import Primitives
import Testing

@testable import Files
@testable import Observation

struct CanaryTests {
    private let canary = Oracles.canary

    @Test func `the canary is seen wherever it stands`() {
        var random = RandomSource(seed: 1, who: 0, purpose: 0)
        for count in [16, 17, 31, 32, 33, 100, 1_000] {
            for place in 0...count - canary.count {
                var bytes = random.bytes(count)
                bytes.replaceSubrange(place..<place + canary.count, with: canary)
                #expect(Oracles.holdsCanary(bytes), "at \(place) of \(count)")
            }
        }
    }

    @Test func `the canary is seen in what was compressed and not sealed`() throws {
        var random = RandomSource(seed: 1, who: 0, purpose: 0)
        let plaintext = canary + random.bytes(1_000).map { $0 & 0x0F }
        let frame = try #require(Zstandard.compress(plaintext))
        #expect(!Oracles.holdsCanary(frame))
        #expect(Oracles.showsPlaintext(frame) && Oracles.showsPlaintext(frame + [1]))
        #expect(!Oracles.showsPlaintext(Array(frame.dropLast())))
        let other = try #require(Zstandard.compress([UInt8](repeating: 1, count: 1_000)))
        #expect(!Oracles.showsPlaintext(other))
    }

    @Test func `what is not the whole canary is none`() {
        for missing in canary.indices {
            var bytes = canary
            bytes[missing] ^= 1
            #expect(!Oracles.holdsCanary(bytes) && !Oracles.holdsCanary(bytes + bytes))
            #expect(Oracles.holdsCanary(bytes + canary + bytes))
            #expect(!Oracles.holdsCanary(Array(canary[..<missing] + canary[(missing + 1)...])))
        }
        #expect(!Oracles.holdsCanary([]) && !Oracles.holdsCanary(Array(canary.dropFirst())))
        #expect(!Oracles.holdsCanary(Array(canary.dropLast())))
    }

    @Test func `a search by leaps sees what a search byte by byte sees`() {
        // Of few different bytes, so that parts of the canary stand everywhere.
        var random = RandomSource(seed: 7, who: 0, purpose: 0)
        let alphabet = Array(Set(canary)).sorted()
        for _ in 0..<2_000 {
            var bytes: [UInt8] = []
            while bytes.count < 80 {
                let start = random.below(canary.count)
                bytes += canary[start..<start + 1 + random.below(canary.count - start)]
                bytes.append(alphabet[random.below(alphabet.count)])
            }
            let isThere = (0...bytes.count - canary.count).contains { start in
                bytes[start..<start + canary.count].elementsEqual(canary)
            }
            #expect(Oracles.holdsCanary(bytes) == isThere, "\(bytes)")
        }
    }
}

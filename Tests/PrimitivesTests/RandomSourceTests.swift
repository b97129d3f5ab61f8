import Primitives
import Testing

@Suite struct RandomSourceTests {
    static func source(_ seed: UInt64) -> RandomSource {
        RandomSource(seed: seed, who: 0, purpose: 0)
    }

    /// The statistic of how far counts lie from being equal; its mean is the number of cells less one.
    static func chiSquare(_ counts: [Int]) -> Double {
        let expected = Double(counts.reduce(0, +)) / Double(counts.count)
        return counts.reduce(0) {
            $0 + (Double($1) - expected) * (Double($1) - expected) / expected
        }
    }

    /// What the statistic exceeds once in a million (Wilson and Hilferty's approximation).
    static func limit(cells: Int) -> Double {
        let degrees = Double(cells - 1)
        let term = 1 - 2 / (9 * degrees) + 4.753 * (2 / (9 * degrees)).squareRoot()
        return degrees * term * term * term
    }

    @Test func `it draws the reference values of xoshiro256**`() {
        var random = RandomSource(state: (1, 2, 3, 4))
        let expected: [UInt64] = [
            11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
            607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
            10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
        ]
        #expect(expected.map { _ in random.next() } == expected)
    }

    @Test func `SplitMix64 draws its reference values`() {
        var mixer = SplitMix64(state: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect(expected.map { _ in mixer.next() } == expected)
    }

    /// Worked out by another implementation: a change here changes the course of every simulation.
    @Test func `a stream starts where it always did`() {
        var random = RandomSource(seed: 42, who: 7, purpose: 3)
        let expected: [UInt64] = [
            1_015_135_241_062_218_388, 833_809_056_777_679_075, 7_541_531_057_987_341_780,
        ]
        #expect(expected.map { _ in random.next() } == expected)
    }

    @Test func `streams differ by seed, by who and by purpose`() {
        var firsts: Set<UInt64> = []
        for seed in 0..<10 as Range<UInt64> {
            for who in 0..<10 as Range<UInt64> {
                for purpose in 0..<10 as Range<UInt64> {
                    var random = RandomSource(seed: seed, who: who, purpose: purpose)
                    firsts.insert(random.next())
                }
            }
        }
        #expect(firsts.count == 1_000)
    }

    @Test func `a copy draws the same, and neither moves the other`() {
        var random = Self.source(1)
        _ = random.next()
        var copy = random
        let draws = (0..<5).map { _ in random.next() }
        #expect((0..<5).map { _ in copy.next() } == draws)
    }

    @Test func `the state of zeros, which would stay so, is replaced`() {
        var random = RandomSource(state: (0, 0, 0, 0))
        #expect(Set((0..<10).map { _ in random.next() }).count > 5)
    }

    @Test(arguments: [1, 2, 3, 6, 7, 10, 97, 256, 1_000] as [UInt64])
    func `bounded draws are uniform`(bound: UInt64) {
        var random = Self.source(bound)
        var counts = [Int](repeating: 0, count: Int(bound))
        for _ in 0..<200_000 { counts[Int(random.below(bound))] += 1 }
        if bound == 1 { return #expect(counts == [200_000]) }
        #expect(Self.chiSquare(counts) < Self.limit(cells: counts.count))
    }

    /// Draws that rejected nothing would give every third number of this range twice as often.
    @Test func `bounded draws are unbiased where the bound is of the order of the draw`() {
        var random = Self.source(5)
        let bound: UInt64 = 3 << 62
        var counts = [Int](repeating: 0, count: 3)
        var residues = [Int](repeating: 0, count: 3)
        for _ in 0..<100_000 {
            let draw = random.below(bound)
            #expect(draw < bound)
            counts[Int(draw >> 62)] += 1
            residues[Int(draw % 3)] += 1
        }
        #expect(Self.chiSquare(counts) < Self.limit(cells: 3))
        #expect(Self.chiSquare(residues) < Self.limit(cells: 3))
    }

    @Test func `units lie in [0, 1) and are uniform`() {
        var random = Self.source(2)
        var counts = [Int](repeating: 0, count: 100)
        for _ in 0..<100_000 {
            let unit = random.unit()
            #expect(unit >= 0 && unit < 1)
            counts[Int(unit * 100)] += 1
        }
        #expect(Self.chiSquare(counts) < Self.limit(cells: 100))
    }

    @Test func `chances come true as often as they say, and certain ones draw nothing`() {
        var random = Self.source(3)
        let hits = (0..<100_000).count { _ in random.chance(0.2) }
        // Five standard deviations of the binomial distribution.
        #expect(abs(hits - 20_000) < 633)
        let before = random
        #expect(random.chance(1) && random.chance(2) && !random.chance(0) && !random.chance(-1))
        #expect(random == before)
    }

    @Test func `durations stay within their span`() {
        var random = Self.source(4)
        let span = Duration.milliseconds(10)
        for _ in 0..<10_000 {
            let drawn = random.upTo(span)
            #expect(drawn >= .zero && drawn < span)
            let jittered = random.jittered(span, by: 0.25)
            #expect(jittered >= .microseconds(7_500) && jittered <= .microseconds(12_500))
        }
        #expect(random.upTo(.zero) == .zero)
        #expect(random.upTo(.seconds(-1)) == .zero)
    }

    @Test func `bytes are the draws, lowest byte first`() {
        var random = RandomSource(state: (1, 2, 3, 4))
        let bytes = random.bytes(27)
        #expect(
            Hexadecimal.encode(bytes) == "002d00000000000000000000000000008070005a00000000809d00")
        #expect(random.bytes(0).isEmpty)
    }

    @Test(arguments: [0, 1, 2, 10, 1_000]) func `a shuffle keeps the elements`(count: Int) {
        var random = Self.source(6)
        var items = Array(0..<count)
        random.shuffle(&items)
        #expect(items.sorted() == Array(0..<count))
        if count >= 10 { #expect(items != Array(0..<count)) }
    }

    @Test func `a shuffle gives each order equally often`() {
        var random = Self.source(7)
        var counts: [[Int]: Int] = [:]
        for _ in 0..<48_000 {
            var items = [0, 1, 2, 3]
            random.shuffle(&items)
            counts[items, default: 0] += 1
        }
        #expect(counts.count == 24)
        #expect(Self.chiSquare(Array(counts.values)) < Self.limit(cells: 24))
    }

    @Test func `a shuffle of a slice stays within it`() {
        var random = Self.source(8)
        var items = Array(0..<10)
        random.shuffle(&items[3..<7])
        #expect(items[..<3] == [0, 1, 2] && items[7...] == [7, 8, 9])
        #expect(items[3..<7].sorted() == [3, 4, 5, 6])
    }
}

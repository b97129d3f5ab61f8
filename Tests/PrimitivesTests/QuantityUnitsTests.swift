import Primitives
import Testing

@Suite struct QuantityUnitsTests {
    @Test(
        arguments: [
            ("250ms", 250_000_000), ("30s", 30_000_000_000), ("1.5h", 5_400_000_000_000),
            ("12h", 43_200_000_000_000), ("30d", 2_592_000_000_000_000), ("5m", 300_000_000_000),
            ("0s", 0), ("1us", 1_000), ("7ns", 7), ("35.30h", 127_080_000_000_000),
            ("2y", 63_115_200_000_000_000), ("0.25 s", 250_000_000), ("0.1d", 8_640_000_000_000),
        ] as [(String, UInt64)])
    func `durations are read exactly`(text: String, nanoseconds: UInt64) {
        #expect(QuantityUnits.time.parse(text) == nanoseconds)
    }

    @Test(
        arguments: [
            ("256KiB", 262_144), ("4MiB", 4_194_304), ("40GiB", 42_949_672_960),
            ("1GB", 1_000_000_000),
            ("1.5KiB", 1_536), ("0B", 0), ("16TiB", 17_592_186_044_416),
        ] as [(String, UInt64)])
    func `sizes are read exactly`(text: String, bytes: UInt64) {
        #expect(QuantityUnits.bytes.parse(text) == bytes)
    }

    @Test(
        arguments: [
            ("20MiB/s", 20_971_520), ("100Mbit/s", 12_500_000), ("1.5Gbit/s", 187_500_000),
            ("500B/s", 500),
        ] as [(String, UInt64)])
    func `rates are read exactly`(text: String, bytesPerSecond: UInt64) {
        #expect(QuantityUnits.byteRate.parse(text) == bytesPerSecond)
    }

    @Test(arguments: [
        "", "s", "30", "30 sec", "-1s", "+1s", "1e3s", "1.s", ".5s", "1..5s", "1.2.3s", "1,5s",
        "0.5ns",
        "１s", "99999999999999999999s", "600y", "30S", "30s ", " 30s", "1h30m", "0x10s",
    ])
    func `what is no duration is refused`(text: String) {
        #expect(Duration(text) == nil)
    }

    @Test(
        arguments: [
            (0, "0s"), (30_000_000_000, "30s"), (43_200_000_000_000, "12h"),
            (5_400_000_000_000, "90m"),
            (86_400_000_000_000, "1d"), (1_500_000, "1.5ms"), (31_557_600_000_000_000, "1y"),
        ] as [(Int64, String)])
    func `durations are written shortly`(nanoseconds: Int64, text: String) {
        #expect(Duration(nanoseconds: nanoseconds).text == text)
    }

    @Test func `what is written is read back`() {
        let seed: UInt64 = 11
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        for units in [QuantityUnits.time, .bytes, .byteRate] {
            for _ in 0..<10_000 {
                let digits = random.below(15)
                let power = (0..<digits).reduce(UInt64(1)) { product, _ in product * 10 }
                let amount = random.below(1_000) * power
                #expect(units.parse(units.format(amount)) == amount, "\(amount), seed \(seed)")
            }
        }
    }
}

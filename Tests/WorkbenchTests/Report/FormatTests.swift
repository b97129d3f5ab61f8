import Testing

@testable import Workbench

@Suite struct FormatTests {
    @Test func `counts have commas`() {
        #expect(
            [0, 7, 999, 1_000, 1_234_567].map { Format.count($0) } == [
                "0", "7", "999", "1,000", "1,234,567",
            ])
        #expect(Format.count(-1_234) == "-1,234")
        #expect(Format.count(UInt64.max) == "18,446,744,073,709,551,615")
    }

    @Test(
        arguments: [
            (0, "0 s"), (0.25, "250 ms"), (0.0042, "4.2 ms"), (1, "1 s"), (59, "59 s"),
            (90, "1.5 min"),
            (3_600, "1 h"),
            (11_520, "3.2 h"), (100_800, "28 h"), (86_400, "1 d"), (172_800, "2 d"),
            (30 * 86_400, "30 d"),
            (800 * 86_400, "2.2 y"), (365.25 * 86_400, "1 y"), (400 * 86_400, "400 d"),
        ] as [(Double, String)])
    func `durations have the unit that people use`(seconds: Double, text: String) {
        #expect(Format.seconds(seconds) == text)
    }

    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (1_000, "0.98 KiB"), (1_536, "1.5 KiB"),
            (1_503_238_554, "1.4 GiB"),
            (2e15, "1,819 TiB"),
        ] as [(Double, String)])
    func `sizes have binary units`(bytes: Double, text: String) {
        #expect(Format.bytes(bytes) == text)
    }

    @Test(
        arguments: [
            (0, "0 %"), (1, "100 %"), (0.5, "50.0 %"), (0.9732, "97.3 %"), (0.999953, "99.9953 %"),
            (0.0000123, "0.0012 %"), (0.052, "5.2 %"), (2.5, "250.0 %"),
        ] as [(Double, String)])
    func `shares show how far they are from nothing and all`(share: Double, text: String) {
        #expect(Format.share(share) == text)
    }

    @Test(
        arguments: [
            (0, "0"), (12, "12"), (830_400, "830 k"), (4_200_000, "4.2 M"), (5.1e9, "5.1 G"),
        ] as [(Double, String)])
    func `large numbers are short`(value: Double, text: String) {
        #expect(Format.compact(value) == text)
    }

    @Test func `nouns follow their number`() {
        #expect(Format.plural(1, "copy", "copies") == "1 copy")
        #expect(Format.plural(1_200, "copy", "copies") == "1,200 copies")
        #expect(Format.plural(0, "node") == "0 nodes")
    }
}

import Primitives

/// What no honest peer, disk or operator says, and every decoder has to take or refuse.
package enum Extremes {
    private static let lastTime = Instant.admitted.upperBound.nanoseconds

    /// Numbers as text, some of which no type of ours holds.
    package static let numbers: [String] = [
        "0", "-0", "-0.0", "1", "-1", "0.5", "255", "256", "65536", "4294967295", "4294967296",
        "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "18446744073709551615", "18446744073709551616", "1e18", "1e19",
        "1e308", "-1e308", "1e309", "5e-324", "NaN", "nan", "Infinity", "-Infinity", "inf", "-inf",
        "1" + String(repeating: "0", count: 400),
        "\(lastTime)", "\(lastTime + 1)", "\(lastTime - 1)",
    ]

    /// Texts, some of which are numbers, times or hexadecimal.
    package static let texts: [String] =
        numbers + [
            "", " ", "\u{0}", "é", String(repeating: "0", count: 16),
            String(repeating: "f", count: 16),
            String(repeating: "f", count: 64), String(repeating: "f", count: 10_000), "====",
            "AAAA",
            "9999-12-31T23:59:59.999Z", "-0001-01-01T00:00:00.000Z", "http://127.0.0.1:65536",
            "http://127.0.0.1:-1",
        ]

    /// Words that mean too much as a count, a size, a time or a fraction.
    package static let words: [UInt64] = [
        0, 1, .max, .max - 1, 1 << 63, 1 << 63 - 1, 1 << 32, 1 << 32 - 1, 1 << 31, 1 << 31 - 1,
        UInt64(lastTime), UInt64(lastTime) + 1, 0x7FFF_FFFF_0000_0001, Double.nan.bitPattern,
        1e308.bitPattern, Double.infinity.bitPattern,
    ]

    /// Bytes of which one place at a time holds an extreme or is cut off. Of many bytes, the first
    /// `places`.
    package static func variants(of bytes: [UInt8], places: Int = 400) -> [[UInt8]] {
        let encoded = words.map { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
        var all: [[UInt8]] = [[], bytes + bytes, bytes + [0]]
        for start in bytes.indices.prefix(places) {
            all.append(Array(bytes[..<start]))
            for word in encoded {
                var other = bytes
                let end = min(start + word.count, bytes.count)
                other.replaceSubrange(start..<end, with: word.prefix(end - start))
                all.append(other)
            }
        }
        return all
    }
}

extension Extremes {
    /// Names for files, most of which none may have.
    package static let names: [String] =
        [
            "a", "ü", "é", "e\u{301}", "😀", " ", ".a", "...", "a.", "-", "--name", "%2F", "a b",
            "", ".", "..", "/", "a/b", "/a", "a/", "../a", "\n", "a\u{0}b", "a\u{7F}", "a\u{85}",
            "a\u{9F}b", "a\u{A0}b", "\u{FEFF}", "\u{202E}a", "a\\b",
        ]
        + [255, 256].flatMap { count in
            [
                String(repeating: "x", count: count),
                String(repeating: "x", count: count - 2) + "ü",
            ]
        }
}

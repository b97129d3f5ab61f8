package import Primitives

/// Figures as people read them: short, with a unit, and the same in every locale.
package enum Format {
    /// "1,234,567".
    package static func count(_ value: UInt64) -> String { grouped(String(value)) }

    package static func count(_ value: Int) -> String {
        (value < 0 ? "-" : "") + count(value.magnitude == 0 ? 0 : UInt64(value.magnitude))
    }

    /// Three significant digits, or the whole number when that is longer: "0.0123", "4.5", "12,346".
    package static func number(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        if value.magnitude >= 1_000 { return fixed(value, decimals: 0) }
        return DecimalNumber(value, significantDigits: 3).jsonText
    }

    /// "97.3 %", with two digits of how far it is from 0 or 100 %, so that 99.9953 % is not 100 %.
    package static func share(_ value: Double) -> String {
        let percent = value * 100
        let distance = min(percent.magnitude, (100 - percent).magnitude)
        if distance == 0 { return fixed(percent, decimals: 0) + " %" }
        let exponent = DecimalNumber(distance, significantDigits: 2).exponent
        return fixed(percent, decimals: min(12, max(1, 2 - exponent))) + " %"
    }

    /// "250 ms", "3.2 h", "12 d": at most three digits. Whole days and years are told as such; others
    /// only from three days and two years on.
    package static func seconds(_ value: Double) -> String {
        let units: [(size: Double, name: String, from: Double)] = [
            (1e-3, "ms", 0), (1, "s", 1), (60, "min", 1), (3_600, "h", 1), (86_400, "d", 3),
            (365.25 * 86_400, "y", 2),
        ]
        let magnitude = value.magnitude
        let unit = units.last { unit in
            let count = magnitude / unit.size
            return count >= unit.from || (count >= 1 && count == count.rounded())
        }
        guard let unit else { return "0 s" }
        return value == 0 ? "0 s" : short(value / unit.size) + " " + unit.name
    }

    package static func duration(_ value: Duration) -> String { seconds(value.seconds) }

    /// "1.4 GiB": at most three digits.
    package static func bytes(_ value: Double) -> String {
        var value = value
        var units = ["B", "KiB", "MiB", "GiB", "TiB"][...]
        while value.magnitude >= 1_000, units.count > 1 {
            value /= 1_024
            units.removeFirst()
        }
        return short(value) + " " + units.first!
    }

    package static func bytes(_ value: UInt64) -> String { bytes(Double(value)) }

    /// "4.2 M", "830 k", "12": at most three digits.
    package static func compact(_ value: Double) -> String {
        let units: [(Double, String)] = [(1, ""), (1e3, " k"), (1e6, " M"), (1e9, " G")]
        let unit = units.last { value >= $0.0 } ?? units[0]
        return short(value / unit.0) + unit.1
    }

    /// "300 nodes", "1 node".
    package static func plural(_ count: Int, _ noun: String, _ many: String? = nil) -> String {
        "\(Self.count(count)) \(count == 1 ? noun : many ?? noun + "s")"
    }

    /// Two digits, or all that stand before the point.
    private static func short(_ value: Double) -> String {
        value.magnitude < 9.95
            ? DecimalNumber(value, significantDigits: 2).jsonText : fixed(value, decimals: 0)
    }

    private static func fixed(_ value: Double, decimals: Int) -> String {
        let text = DecimalNumber(value, decimals: decimals).fixed(decimals: decimals)
        let parts = text.split(separator: ".")
        return grouped(String(parts[0])) + (parts.count > 1 ? "." + parts[1] : "")
    }

    /// Commas between groups of three digits.
    private static func grouped(_ digits: String) -> String {
        let isNegative = digits.hasPrefix("-")
        var result = ""
        for (index, digit) in digits.drop(while: { $0 == "-" }).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return (isNegative ? "-" : "") + String(result.reversed())
    }
}

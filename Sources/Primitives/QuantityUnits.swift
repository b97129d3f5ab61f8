/// Whole amounts written as a decimal number and a unit, such as "1.5h" or "40GiB".
package struct QuantityUnits: Sendable {
    struct Unit: Sendable {
        let name: String
        /// How many of the smallest unit make one.
        let size: UInt64
    }

    let units: [Unit]
    /// How nothing at all is written.
    let zero: String

    /// Lengths of time in nanoseconds. A year is 365.25 days, as in the report.
    package static let time = QuantityUnits(
        units: [
            Unit(name: "ns", size: 1), Unit(name: "us", size: 1_000),
            Unit(name: "ms", size: 1_000_000),
            Unit(name: "s", size: 1_000_000_000), Unit(name: "m", size: 60_000_000_000),
            Unit(name: "h", size: 3_600_000_000_000), Unit(name: "d", size: 86_400_000_000_000),
            Unit(name: "y", size: 31_557_600_000_000_000),
        ], zero: "0s")

    /// Amounts of data in bytes.
    package static let bytes = QuantityUnits(
        units: [
            Unit(name: "B", size: 1), Unit(name: "KB", size: 1_000),
            Unit(name: "KiB", size: 1 << 10),
            Unit(name: "MB", size: 1_000_000), Unit(name: "MiB", size: 1 << 20),
            Unit(name: "GB", size: 1_000_000_000), Unit(name: "GiB", size: 1 << 30),
            Unit(name: "TB", size: 1_000_000_000_000), Unit(name: "TiB", size: 1 << 40),
        ], zero: "0B")

    /// Data rates in bytes a second; links are sold in bits.
    package static let byteRate = QuantityUnits(
        units: [
            Unit(name: "kbit/s", size: 125), Unit(name: "Mbit/s", size: 125_000),
            Unit(name: "Gbit/s", size: 125_000_000),
        ] + bytes.units.map { Unit(name: $0.name + "/s", size: $0.size) }, zero: "0B/s")

    /// The amount in the smallest unit; nil when the text is no number with one of the units, has
    /// a fraction of the smallest unit, or is too large.
    package func parse(_ text: String) -> UInt64? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let name = text.dropFirst(number.count).drop { $0 == " " }
        guard let unit = units.first(where: { $0.name == name }) else { return nil }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), number.count <= 19 else {
            return nil
        }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard let digits = UInt64(parts[0] + fraction) else { return nil }
        let scale = (0..<fraction.count).reduce(UInt64(1)) { product, _ in product * 10 }
        let product = digits.multipliedFullWidth(by: unit.size)
        guard product.high < scale else { return nil }
        let (amount, remainder) = scale.dividingFullWidth(product)
        return remainder == 0 ? amount : nil
    }

    /// The shortest text that `parse` reads as the amount; of equally short ones a whole number
    /// and then the largest unit.
    package func format(_ amount: UInt64) -> String {
        guard amount > 0 else { return zero }
        var best: String?
        for unit in units {
            guard let number = Self.decimal(amount, in: unit.size) else { continue }
            let text = number + unit.name
            let wins = best.map {
                text.count < $0.count || (text.count == $0.count && !number.contains("."))
            }
            if wins ?? true { best = text }
        }
        // Every table has a unit of size 1, in which every amount is exact.
        return best!
    }

    /// `amount / size` with at most two decimals; nil when that is not exact.
    private static func decimal(_ amount: UInt64, in size: UInt64) -> String? {
        let (whole, rest) = amount.quotientAndRemainder(dividingBy: size)
        guard rest > 0 else { return String(whole) }
        let (hundredths, remainder) = size.dividingFullWidth(rest.multipliedFullWidth(by: 100))
        guard remainder == 0 else { return nil }
        if hundredths % 10 == 0 { return "\(whole).\(hundredths / 10)" }
        return "\(whole)." + (hundredths < 10 ? "0" : "") + "\(hundredths)"
    }
}

extension Duration {
    /// Reads "250ms", "30s", "1.5h"; nil when the text is no length of time.
    package init?(_ text: String) {
        guard let nanoseconds = QuantityUnits.time.parse(text).flatMap({ Int64(exactly: $0) })
        else { return nil }
        self.init(nanoseconds: nanoseconds)
    }

    /// The shortest text for this length of time, which is not negative.
    package var text: String { QuantityUnits.time.format(UInt64(nanoseconds)) }
}

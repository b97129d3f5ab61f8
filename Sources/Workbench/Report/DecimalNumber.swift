/// A `Double` as decimal digits, rounded: the same text on every machine and in every locale.
///
/// Rounding starts from the shortest digits that tell the number from its neighbours, and goes half
/// away from zero, as people round what they see.
package struct DecimalNumber: Equatable, Sendable {
    package private(set) var isNegative: Bool
    /// Digits 0 to 9 without leading or trailing zeros; empty for zero.
    package private(set) var digits: [UInt8]
    /// The number is 0.d₁d₂d₃… times ten to this power.
    package private(set) var exponent: Int

    /// The number rounded to so many significant digits. `value` must be finite.
    package init(_ value: Double, significantDigits: Int) {
        self.init(value)
        round(keeping: significantDigits)
    }

    /// The number rounded to so many digits after the point. `value` must be finite.
    package init(_ value: Double, decimals: Int) {
        self.init(value)
        round(keeping: exponent + decimals)
    }

    /// The shortest digits that give the same `Double` back.
    private init(_ value: Double) {
        precondition(value.isFinite, "only a finite number has decimal digits")
        isNegative = value < 0
        digits = []
        exponent = 0
        var seenPoint = false
        var text = value.magnitude.description.utf8[...]
        while let byte = text.popFirst() {
            switch byte {
            case UInt8(ascii: "."): seenPoint = true
            case UInt8(ascii: "e"):
                exponent += Int(String(decoding: text, as: UTF8.self)) ?? 0
                text = text[text.endIndex...]
            default:
                let digit = byte - UInt8(ascii: "0")
                if digits.isEmpty && digit == 0 {
                    if seenPoint { exponent -= 1 }
                } else {
                    digits.append(digit)
                    if !seenPoint { exponent += 1 }
                }
            }
        }
        dropTrailingZeros()
    }

    private mutating func round(keeping count: Int) {
        guard count < digits.count else { return }
        guard count >= 0 else { return becomeZero() }
        let roundsUp = digits[count] >= 5
        digits.removeSubrange(count...)
        if roundsUp {
            var index = count - 1
            while index >= 0, digits[index] == 9 { index -= 1 }
            if index >= 0 {
                digits[index] += 1
                digits.removeSubrange((index + 1)...)
            } else {
                digits = [1]
                exponent += 1
            }
        }
        dropTrailingZeros()
    }

    private mutating func dropTrailingZeros() {
        while digits.last == 0 { digits.removeLast() }
        if digits.isEmpty { becomeZero() }
    }

    private mutating func becomeZero() {
        digits = []
        exponent = 0
        isNegative = false
    }

    // MARK: Text

    /// Plain digits where the number is neither tiny nor huge, else with an exponent.
    package var jsonText: String {
        if digits.isEmpty { return "0" }
        return (-5...15).contains(exponent) ? fixed(decimals: digits.count - exponent) : scientific
    }

    /// Digits with exactly `decimals` of them after the point; fewer than there are must not be
    /// asked for. At most none are kept when negative.
    package func fixed(decimals: Int) -> String {
        let sign = isNegative ? "-" : ""
        let whole = exponent > 0 ? digitText(0..<exponent) : "0"
        guard decimals > 0 else { return sign + whole }
        return sign + whole + "." + digitText(exponent..<(exponent + decimals))
    }

    private var scientific: String {
        let fraction = digits.count > 1 ? "." + digitText(1..<digits.count) : ""
        return (isNegative ? "-" : "") + digitText(0..<1) + fraction + "e\(exponent - 1)"
    }

    private func digitText(_ places: Range<Int>) -> String {
        String(
            decoding: places.map { place in
                UInt8(ascii: "0") + (digits.indices.contains(place) ? digits[place] : 0)
            }, as: UTF8.self)
    }
}

package import Primitives

/// How a value is written as text: what is allowed, how it is read, and how it is written.
package struct TextForm<Value>: Sendable {
    /// What may stand there, in words that follow "allowed:" and "give".
    package let allowed: String
    /// Whether JSON has it as a number.
    package let isNumber: Bool
    /// Nil: that is not allowed.
    package let read: @Sendable (String) -> Value?
    package let write: @Sendable (Value) -> String

    package init(
        allowed: String, isNumber: Bool = false, read: @escaping @Sendable (String) -> Value?,
        write: @escaping @Sendable (Value) -> String
    ) {
        self.allowed = allowed
        self.isNumber = isNumber
        self.read = read
        self.write = write
    }
}

extension TextForm where Value: FixedWidthInteger & Sendable {
    package static func count(_ range: ClosedRange<Value>) -> Self {
        Self(
            allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            isNumber: true,
            read: { Value($0).flatMap { range.contains($0) ? $0 : nil } },
            write: { String($0) })
    }

    package static func bytes(_ range: ClosedRange<Value>) -> Self {
        quantity("a size", .bytes, range, "\"4MiB\", or a number of bytes") { UInt64($0) }
    }

    package static func bytesPerSecond(_ range: ClosedRange<Value>) -> Self {
        quantity("a rate", .byteRate, range, "\"20MiB/s\"") { _ in nil }
    }

    private static func quantity(
        _ kind: String, _ units: QuantityUnits, _ range: ClosedRange<Value>, _ example: String,
        bare: @escaping @Sendable (String) -> UInt64?
    ) -> Self {
        let bounds = [range.lowerBound, range.upperBound].map { units.format(UInt64($0)) }
        return Self(
            allowed: "\(kind) from \"\(bounds[0])\" to \"\(bounds[1])\", such as \(example)",
            read: { text in
                (units.parse(text) ?? bare(text)).flatMap { Value(exactly: $0) }
                    .flatMap { range.contains($0) ? $0 : nil }
            },
            write: { units.format(UInt64($0)) })
    }
}

extension TextForm where Value == Duration {
    package static func duration(_ range: ClosedRange<Duration>) -> Self {
        let example = range.contains(.seconds(30)) ? "30s" : "5ms"
        return Self(
            allowed:
                "a duration from \"\(range.lowerBound.text)\" to \"\(range.upperBound.text)\", such as \"\(example)\"",
            read: { Duration($0).flatMap { range.contains($0) ? $0 : nil } }, write: \.text)
    }
}

extension TextForm where Value == Bool {
    package static var yesOrNo: Self {
        Self(
            allowed: "\"yes\" or \"no\"", read: { ["yes": true, "no": false][$0] },
            write: { $0 ? "yes" : "no" })
    }
}

extension TextForm where Value == String {
    /// Any text but none, or one of which `isAllowed` says so.
    package static func text(
        _ allowed: String, where isAllowed: @escaping @Sendable (String) -> Bool = { !$0.isEmpty }
    ) -> Self {
        Self(allowed: allowed, read: { isAllowed($0) ? $0 : nil }, write: { $0 })
    }
}

extension TextForm
where Value: CaseIterable & RawRepresentable & Sendable, Value.RawValue == String {
    /// One of the names of an enumeration's cases.
    package static var choice: Self {
        Self(
            allowed: Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "),
            read: { Value(rawValue: $0) }, write: \.rawValue)
    }
}

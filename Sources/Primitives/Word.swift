/// A number of 64 bits that travels as 16 hexadecimal digits, since other readers of JSON round such
/// numbers. As a property's wrapper it says so of the property alone.
@usableFromInline
@propertyWrapper
package struct Word: Hashable, Sendable, HexadecimalCodable {
    @usableFromInline package var value: UInt64

    package init(_ value: UInt64) { self.value = value }

    package init(wrappedValue: UInt64) { value = wrappedValue }
    @inlinable package var wrappedValue: UInt64 {
        get { value }
        set { value = newValue }
    }

    @usableFromInline package init?(hexadecimal: String) {
        guard let bytes = Hexadecimal.decode(hexadecimal), bytes.count == 8 else { return nil }
        value = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    @usableFromInline package var hexadecimal: String {
        Hexadecimal.encode((0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) })
    }
}

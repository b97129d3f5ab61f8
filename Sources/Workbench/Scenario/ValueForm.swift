import Primitives
import Roles

/// How a value is written in a scenario file: what is allowed, how to read it and how to write it.
struct ValueForm<Value>: Sendable {
    /// What may stand there, in words that follow "allowed:" and "give".
    let allowed: String
    /// The value, or nil after it was refused.
    let read: @Sendable (JSONNode, _ path: String, inout ScenarioReader) -> Value?
    /// The JSON text of the value.
    let write: @Sendable (Value) -> String
}

extension ValueForm {
    /// A form whose values are told from the JSON alone.
    init(
        allowed: String, write: @escaping @Sendable (Value) -> String,
        convert: @escaping @Sendable (JSONNode.Value) -> Value?
    ) {
        self.init(
            allowed: allowed,
            read: { node, path, reader in
                guard let value = convert(node.value) else {
                    reader.refuse(path, node, allowed: allowed)
                    return nil
                }
                return value
            },
            write: write)
    }

    /// A form that is also that of a flag.
    init(_ form: TextForm<Value>) {
        self.init(
            allowed: form.allowed,
            write: { form.isNumber ? form.write($0) : JSONOutput.quote(form.write($0)) },
            convert: { $0.settingText(isNumber: form.isNumber).flatMap(form.read) })
    }
}

extension JSONNode.Value {
    /// What a setting is read from. A number may not stand there as text.
    func settingText(isNumber: Bool) -> String? {
        switch self {
        case .number(let digits): digits
        case .string(let text) where !isNumber: text
        default: nil
        }
    }
}

extension ValueForm where Value == Int {
    static func count(_ range: ClosedRange<Int>) -> Self { Self(.count(range)) }
    static func bytes(_ range: ClosedRange<Int>) -> Self { Self(.bytes(range)) }
    static func bytesPerSecond(_ range: ClosedRange<Int>) -> Self { Self(.bytesPerSecond(range)) }
}

extension ValueForm where Value == UInt64 {
    /// Any 64 bits.
    static var seed: Self { Self(.count(0...UInt64.max)) }
}

extension ValueForm where Value == Double {
    static var probability: Self { number(0...1, "a probability from 0 to 1") }

    static func number(_ range: ClosedRange<Double>, _ allowed: String? = nil) -> Self {
        let bounds = [range.lowerBound, range.upperBound].map { text($0) }
        return Self(
            allowed: allowed ?? "a number from \(bounds[0]) to \(bounds[1])", write: { text($0) },
            convert: {
                guard case .number(let digits) = $0, let value = Double(digits) else { return nil }
                return range.contains(value) ? value : nil
            })
    }

    /// All digits that tell the number from its neighbours.
    private static func text(_ value: Double) -> String {
        DecimalNumber(value, significantDigits: 17).jsonText
    }
}

extension ValueForm where Value == Duration {
    static func duration(_ range: ClosedRange<Duration>) -> Self { Self(.duration(range)) }
}

extension ValueForm where Value == String {
    /// Free text on one line.
    static func text(most: Int) -> Self {
        Self(
            allowed: "a text of at most \(most) characters without control characters",
            write: { JSONOutput.quote($0) },
            convert: {
                guard case .string(let text) = $0, text.unicodeScalars.count <= most else {
                    return nil
                }
                let isPlain = text.unicodeScalars.allSatisfy {
                    $0.properties.generalCategory != .control
                }
                return isPlain ? text : nil
            })
    }

    /// A name that is also a folder's: it can neither leave the results folder nor be an option.
    static var name: Self {
        Self(
            allowed: "a name of 1 to 64 of the characters a-z, 0-9 and -, a letter or digit first",
            write: { JSONOutput.quote($0) },
            convert: {
                guard case .string(let text) = $0, (1...64).contains(text.utf8.count) else {
                    return nil
                }
                let isName = text.isAlphanumeric(besides: "-") && text == text.lowercased()
                return isName && !text.hasPrefix("-") ? text : nil
            })
    }

    static func oneOf(_ names: [String]) -> Self {
        Self(
            allowed: names.map { "\"\($0)\"" }.joined(separator: ", "),
            read: { node, path, reader in
                if case .string(let text) = node.value {
                    if names.contains(text) { return text }
                    if let nearest = EditDistance.nearest(to: text, among: names) {
                        let problem = "\(node.described) is unknown; did you mean \"\(nearest)\"?"
                        reader.refuse(path, at: node.position, problem)
                        return nil
                    }
                }
                let allowed = names.map { "\"\($0)\"" }.joined(separator: ", ")
                reader.refuse(path, node, allowed: allowed)
                return nil
            },
            write: { JSONOutput.quote($0) })
    }
}

extension ValueForm
where Value: CaseIterable & RawRepresentable & Sendable, Value.RawValue == String {
    /// One of the names of an enumeration's cases.
    static var choice: Self {
        let names = ValueForm<String>.oneOf(Value.allCases.map(\.rawValue))
        return Self(
            allowed: names.allowed,
            read: { names.read($0, $1, &$2).flatMap { Value(rawValue: $0) } },
            write: { names.write($0.rawValue) })
    }
}

extension ValueForm {
    /// A list of values of one form, each at most once.
    static func list<Element: Hashable & Sendable>(
        of form: ValueForm<Element>, _ count: ClosedRange<Int>
    ) -> Self where Value == [Element] {
        let allowed =
            "a list of \(count.lowerBound) to \(count.upperBound) different ones of \(form.allowed)"
        return Self(
            allowed: allowed,
            read: { node, path, reader in
                guard case .array(let nodes) = node.value, count.contains(nodes.count) else {
                    reader.refuse(path, node, allowed: allowed)
                    return nil
                }
                var elements: [Element] = []
                for (index, node) in nodes.enumerated() {
                    guard let element = form.read(node, "\(path)[\(index)]", &reader) else {
                        continue
                    }
                    if elements.contains(element) {
                        let problem = "\(node.described) stands a second time; once is allowed"
                        reader.refuse("\(path)[\(index)]", at: node.position, problem)
                    }
                    elements.append(element)
                }
                return elements
            },
            write: { "[" + $0.map(form.write).joined(separator: ", ") + "]" })
    }
}

import Extremes

extension JSON {
    /// In place of any part. Not all of it is JSON.
    private static let extremes: [JSON] =
        Extremes.numbers.map { .raw(Array($0.utf8)) } + Extremes.texts.map { .string($0) }
        + [.null, .bool(true), .array([]), .object([:])]

    /// The same with each of its parts replaced, one at a time, by each extreme; and with lists of very
    /// many.
    var variants: [JSON] {
        var variants = Self.extremes
        switch self {
        case .object(let all):
            for (name, part) in all.sorted(by: { $0.key < $1.key }) {
                var other = all
                other[name] = nil
                variants.append(.object(other))
                for variant in part.variants {
                    other[name] = variant
                    variants.append(.object(other))
                }
            }
        case .array(let all):
            if let first = all.first {
                variants.append(.array([JSON](repeating: first, count: 5_000)))
            }
            for (index, part) in all.enumerated() {
                var other = all
                for variant in part.variants {
                    other[index] = variant
                    variants.append(.array(other))
                }
            }
        case .null, .bool, .number, .string, .raw: break
        }
        return variants
    }
}

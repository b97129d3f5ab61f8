package import Observation
import Primitives

/// A bound that a scenario sets for one of its metrics.
package struct Expectation: Equatable, Sendable {
    /// As `MetricCatalogue.figure` knows it.
    package var path: String
    package var minimum: Double?
    package var maximum: Double?

    /// How the expectation fared.
    package struct Outcome: Equatable, Sendable {
        package var expectation: Expectation
        /// Nil when nothing was measured, which meets no expectation.
        package var actual: Double?

        package var isMet: Bool {
            guard let actual else { return false }
            return actual >= expectation.minimum ?? -.infinity
                && actual <= expectation.maximum ?? .infinity
        }
    }

    package func outcome(in measurements: Measurements) -> Outcome {
        Outcome(expectation: self, actual: MetricCatalogue.figure(path)?.value(in: measurements))
    }

    /// The bounds in words, such as "at least 0.95".
    package var bounds: String {
        switch (minimum, maximum) {
        case (let low?, let high?) where low == high: "exactly \(Self.text(low))"
        case (let low?, let high?): "from \(Self.text(low)) to \(Self.text(high))"
        case (let low?, nil): "at least \(Self.text(low))"
        case (nil, let high?): "at most \(Self.text(high))"
        case (nil, nil): "anything"
        }
    }

    /// A figure or a bound.
    static func text(_ value: Double) -> String {
        DecimalNumber(value, significantDigits: 6).jsonText
    }
}

extension Expectation {
    struct Bounds: Sendable {
        var min: Double?
        var max: Double?
        var equals: Double?
    }

    private static let number = ValueForm.number(-1e18...1e18, "a number")

    static let boundKeys: [ScenarioKey<Bounds>] = [
        ScenarioKey("min", \.min, number, absent: "none", "The least that is fine."),
        ScenarioKey("max", \.max, number, absent: "none", "The most that is fine."),
        ScenarioKey("equals", \.equals, number, absent: "none", "The only value that is fine."),
    ]

    private static let allowed =
        #"an object of metrics and bounds such as {"durability.filesLost": {"max": 0}}"#

    /// An object whose keys are metrics.
    static let form = ValueForm<[Expectation]>(
        allowed: allowed,
        read: { node, path, reader in
            guard case .object(let members) = node.value else {
                reader.refuse(path, node, allowed: allowed)
                return nil
            }
            return members.compactMap { member in read(member, path, &reader) }
        },
        write: { expectations in
            ScenarioText.object(
                expectations.map { ($0.path, ScenarioText.object($0.given, Bounds(), boundKeys)) })
        })

    /// The bounds as a scenario gives them.
    private var given: Bounds {
        minimum == maximum ? Bounds(equals: minimum) : Bounds(min: minimum, max: maximum)
    }

    private static func read(
        _ member: JSONNode.Member, _ parent: String, _ reader: inout ScenarioReader
    ) -> Expectation? {
        let path = ScenarioReader.join(parent, Excerpt.plain(member.name))
        guard MetricCatalogue.figure(member.name) != nil else {
            reader.refuse(path, at: member.position, unknownMetric(member.name))
            return nil
        }
        reader.note(path, at: member.position)
        var bounds = Bounds()
        guard reader.readObject(member.node, path, keys: boundKeys, into: &bounds),
            reader.isSound(path)
        else { return nil }
        let allowed = "\"min\" and \"max\" in this order of size, or \"equals\" alone"
        if let equals = bounds.equals, bounds.min == nil, bounds.max == nil {
            return Expectation(path: member.name, minimum: equals, maximum: equals)
        }
        guard bounds.equals == nil, bounds.min != nil || bounds.max != nil,
            bounds.min ?? -.infinity <= bounds.max ?? .infinity
        else {
            reader.refuse(
                path, at: member.node.position,
                "these bounds make no sense together; allowed: \(allowed)")
            return nil
        }
        return Expectation(path: member.name, minimum: bounds.min, maximum: bounds.max)
    }

    private static func unknownMetric(_ name: String) -> String {
        if let metric = MetricCatalogue.metric(name) {
            let known = MetricCatalogue.parts(metric)
            let parts = known.contains("0") ? known.prefix(3) + ["…"] : known[...]
            return "holds several figures; name one: "
                + parts.map { "\(name).\($0)" }.joined(separator: ", ")
        }
        if let nearest = EditDistance.nearest(to: name, among: MetricCatalogue.paths) {
            return "unknown metric; did you mean \"\(nearest)\"?"
        }
        return "unknown metric; allowed: those that `dsim scenario --reference` lists"
    }
}

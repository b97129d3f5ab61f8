/// What a run measured: a function of the configuration and the code alone.
package struct Measurements: Equatable, Sendable {
    /// Rolling digest over every delivered event of the whole run.
    package var digest: UInt64 = 0
    package var oracles: [OracleOutcome] = []
    package var faults: [FaultOutcome] = []
    /// In the order of `Metric.all`.
    private var values: [Metric.Value]

    init(_ reading: Reading) { values = Metric.all.map { $0.read(reading) } }

    /// Those of a run in which nothing happened.
    package init() {
        let meters = Meters(target: 0)
        self.init(Reading(measured: meters, whole: meters, isSettled: false))
    }

    private static let indices = Dictionary(
        uniqueKeysWithValues: Metric.all.enumerated().map { ($1.path, $0) })

    /// The value of a metric; `path` must be that of one.
    package subscript(path: String) -> Metric.Value {
        get { values[Self.index(path)] }
        set { values[Self.index(path)] = newValue }
    }

    private static func index(_ path: String) -> Int {
        guard let index = indices[path] else { preconditionFailure("there is no metric \(path)") }
        return index
    }
}

/// What an oracle saw.
package struct OracleOutcome: Equatable, Sendable {
    package var name: String
    package var checks: UInt64
    package var violations: UInt64
    /// The first few violations in words, with time and who.
    package var examples: [String]
}

/// What a declared fault did.
package struct FaultOutcome: Equatable, Sendable {
    package var name: String
    /// What `effects` counts: "messages cut", "nodes stopped", "bytes rotted" ...
    package var unit: String
    package var effects: UInt64

    package init(name: String, unit: String, effects: UInt64) {
        self.name = name
        self.unit = unit
        self.effects = effects
    }
}

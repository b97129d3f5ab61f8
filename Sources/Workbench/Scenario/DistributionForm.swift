import Primitives
import Simulation

/// The laws that durations may be drawn from, by name, and the parameters of each.
enum DistributionForm {
    /// All parameters that any law has.
    struct Parameters: Sendable {
        var value = Duration.zero
        var shape = 1.0
    }

    private static let span = ValueForm.duration(
        .milliseconds(1)...Duration(seconds: 100 * 365.25 * 86_400))

    static let keys: [ScenarioKey<[Distribution]>] = [
        ScenarioKey(kind: "constant", appendingTo: \.self, span, "Always the same.") {
            .constant($0)
        },
        ScenarioKey(
            kind: "exponential", appendingTo: \.self,
            [ScenarioKey("mean", \Parameters.value, span, required: true, "The mean.")],
            defaults: Parameters(), "Without memory: how long it has lasted tells nothing."
        ) { .exponential(mean: $0.value) },
        ScenarioKey(
            kind: "weibull", appendingTo: \.self,
            [
                ScenarioKey(
                    "shape", \Parameters.shape, .number(0.1...10), required: true,
                    "Below 1: many short and a few very long."),
                ScenarioKey(
                    "scale", \Parameters.value, span, required: true,
                    "63 % of the draws fall below it."),
            ], defaults: Parameters(), "What host availability is mostly fitted by."
        ) { .weibull(shape: $0.shape, scale: $0.value) },
    ]

    static let allowed =
        #"{"constant": "5m"}, {"exponential": {"mean": "400d"}} or {"weibull": {"shape": 0.6, "scale": "9h"}}"#
}

extension ValueForm where Value == Distribution {
    /// An object with one key, which names the law.
    static var distribution: Self {
        Self(
            allowed: DistributionForm.allowed,
            read: { node, path, reader in
                reader.readOne(
                    node, path, keys: DistributionForm.keys, allowed: DistributionForm.allowed)
            },
            write: { $0.scenarioText })
    }
}

extension Distribution {
    /// The JSON that a scenario would hold for this law.
    var scenarioText: String {
        switch self {
        case .constant(let value): #"{"constant": "\#(value.text)"}"#
        case .exponential(let mean): #"{"exponential": {"mean": "\#(mean.text)"}}"#
        case .weibull(let shape, let scale):
            #"{"weibull": {"shape": \#(DecimalNumber(shape, significantDigits: 17).jsonText), "scale": "\#(scale.text)"}}"#
        }
    }
}

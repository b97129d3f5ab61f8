package import Observation
package import Primitives

/// All that came out of a run: a function of scenario, seed and code.
package struct RunResult: Equatable, Sendable {
    package var scenario: Scenario
    /// False when the run was stopped before its end.
    package var isComplete: Bool
    /// Simulated time when the run ended.
    package var stoppedAt: Instant
    package var measurements: Measurements
    package var samples: [Sample]

    package var verdict: Verdict {
        Verdict(
            isComplete: isComplete, measurements: measurements,
            expectations: scenario.expectations.map { $0.outcome(in: measurements) })
    }

    /// The digest as text: 16 hexadecimal digits.
    package var digest: String {
        let digits = String(measurements.digest, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Whether a run went as it must: first the oracles and faults, then what the scenario expects.
package struct Verdict: Equatable, Sendable {
    package var isComplete: Bool
    /// Oracles that saw something that must never be.
    package var violated: [OracleOutcome]
    /// Faults that did nothing: the run did not test what it says it tests.
    package var idleFaults: [FaultOutcome]
    package var expectations: [Expectation.Outcome]

    /// The outcome in one word; the first that holds.
    package enum Kind: Equatable, Sendable {
        /// An oracle was violated, or a complete run had a fault without effect.
        case violated
        /// The run was stopped, so that neither faults nor expectations can be judged.
        case interrupted
        case expectationsNotMet
        case fine
    }

    init(isComplete: Bool, measurements: Measurements, expectations: [Expectation.Outcome]) {
        self.isComplete = isComplete
        self.expectations = expectations
        violated = measurements.oracles.filter { $0.violations > 0 }
        idleFaults = isComplete ? measurements.faults.filter { $0.effects == 0 } : []
    }

    package var unmet: [Expectation.Outcome] { expectations.filter { !$0.isMet } }

    package var kind: Kind {
        if !violated.isEmpty || !idleFaults.isEmpty { return .violated }
        if !isComplete { return .interrupted }
        return unmet.isEmpty ? .fine : .expectationsNotMet
    }
}

import Primitives

/// What a fuzzer has found so far; also the state that it goes on from.
package struct FuzzReport: Codable, Equatable, Sendable {
    /// The scenarios that fail in one way.
    package struct Group: Codable, Equatable, Sendable {
        package var finding: FuzzFinding
        package var count: Int
        package var firstSeed: UInt64

        /// The file that holds the first of them.
        package var file: String { "\(finding.oracle)-\(firstSeed).json" }
    }

    package var first: UInt64
    /// The first seed that is not done.
    package var next: UInt64
    /// The last one that is to be done.
    package var last: UInt64
    package var events: UInt64 = 0
    package var simulatedSeconds = 0.0
    package var wallSeconds = 0.0
    /// In the order in which they were found.
    package var groups: [Group] = []

    /// The last of a search without an end of its own.
    package static let lastSeed = UInt64.max - 1

    package init(seeds: ClosedRange<UInt64>) {
        first = seeds.lowerBound
        next = first
        last = seeds.upperBound
    }

    package var scenarios: UInt64 { next - first }

    /// Takes down what came of the next seed.
    package mutating func take(_ outcome: FuzzOutcome) {
        for finding in outcome.findings {
            if let index = groups.firstIndex(where: { $0.finding == finding }) {
                groups[index].count += 1
            } else {
                groups.append(Group(finding: finding, count: 1, firstSeed: next))
            }
        }
        events += outcome.events
        simulatedSeconds += outcome.simulatedSeconds
        next += 1
    }

    // MARK: In words

    /// How far it is, in one line.
    package var line: String {
        "\(pace); \(Format.plural(groups.count, "group")) of failures"
    }

    private var pace: String {
        let minutes = max(wallSeconds, 1e-9) / 60
        let years = simulatedSeconds / (365.25 * 86_400)
        return "\(Format.plural(Int(scenarios), "scenario")) in \(Format.seconds(wallSeconds)), "
            + "\(Format.compact(Double(events))) events, "
            + "\(Format.number(years)) simulated years: "
            + "\(Format.number(Double(scenarios) / minutes)) scenarios and "
            + "\(Format.number(years / minutes)) simulated years a minute"
    }

    /// What is not known yet.
    package func new(_ known: Set<FuzzFinding>) -> [Group] {
        groups.filter { !known.contains($0.finding) }
    }

    /// What a person reads at the end. `folder` is where the scenarios are.
    package func text(folder: String, known: Set<FuzzFinding> = []) -> String {
        let found = groups.map { group in
            "  \(group.finding.oracle): \(group.finding.site)"
                + (known.contains(group.finding) ? " (known)\n" : "\n")
                + "    \(Format.count(group.count)) of \(Format.count(scenarios)), "
                + "first with seed \(group.firstSeed): \(folder)/\(group.file)\n"
        }
        return "seeds \(first) to \(max(first, next) - (next > first ? 1 : 0)): \(pace)\n\n"
            + (new(known).isEmpty ? "fine\n" : "VIOLATED\n") + found.joined()
    }
}

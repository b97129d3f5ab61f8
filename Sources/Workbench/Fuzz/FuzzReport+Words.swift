import Observation
import Primitives
import Roles

/// What a search found, in words.
extension FuzzReport {
    /// How far it is, in one line.
    package var line: String {
        "\(pace); \(Format.plural(groups.count, "group")) of failures, "
            + "\(corpus.byRarity.count) of \(Mark.allCases.count) marks"
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

    /// What a person reads at the end. `folder` is where the scenarios are, `before` what it went on from.
    package func text(folder: String, before: FuzzReport? = nil) -> String {
        let found = groups.map { group in
            "  \(group.finding.oracle): \(group.finding.site)"
                + (known.contains(group.finding) ? " (known)\n" : "\n")
                + "    \(Format.count(group.count)) of \(Format.count(scenarios)), "
                + "first with seed \(group.first): \(folder)/\(group.file)\n"
        }
        return "seeds \(first) to \(max(first, next) - (next > first ? 1 : 0)): \(pace)\n\n"
            + marksText(before) + "\n"
            + (new.isEmpty ? "fine\n" : "VIOLATED\n") + found.joined()
    }

    /// What a search should have come to and did not: marks that it had to reach, and oracles that looked
    /// at nothing in all of its scenarios, where those are many.
    package func shortcomings(rare: RareMarks?) -> [String] {
        let missing = rare?.missing(in: corpus).map { "NOT REACHED \($0.name): \($0.words)" } ?? []
        guard scenarios >= Self.many else { return missing }
        return missing
            + Oracles.Name.allCases.filter { checks[$0.rawValue, default: 0] == 0 }
            .map { "BLIND \($0.rawValue): never could fail" }
    }

    /// From so many scenarios on each oracle must have had a chance to fail.
    private static let many: UInt64 = 100

    /// The marks that were reached: how many, which are new, which are rare, and which are missing.
    private func marksText(_ before: FuzzReport?) -> String {
        let reached = corpus.byRarity
        var text = "marks reached: \(reached.count) of \(Mark.allCases.count)\n"
        if let before, before.scenarios > 0 {
            let new = reached.filter { before.corpus.count(of: $0) == 0 }
            text += "  new: \(new.isEmpty ? "none" : new.map(\.name).joined(separator: ", "))\n"
        }
        for mark in reached where corpus.count(of: mark) < Self.rare {
            let first = corpus.marks[mark.name]?.first ?? 0
            text +=
                "  \(mark.name): \(corpus.count(of: mark)) of \(Format.count(scenarios)), "
                + "first with seed \(first)\n"
        }
        for mark in corpus.unreached { text += "  \(mark.name): never (\(mark.words))\n" }
        return text
    }

    /// Marks that fewer scenarios reached are told one by one.
    private static let rare = 5
}

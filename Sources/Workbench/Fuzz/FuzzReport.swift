import Primitives

/// What a fuzzer has found so far; also the state that it goes on from.
package struct FuzzReport: Codable, Equatable, Sendable {
    /// The scenarios that fail in one way.
    package struct Group: Codable, Equatable, Sendable {
        package var finding: FuzzFinding
        package var count: Int
        /// The number and the drawing of the first of them.
        package var first: UInt64
        package var drawing: Drawing

        /// The file that holds the first of them.
        package var file: String { "\(finding.oracle)-\(first).json" }
    }

    /// The seeds double as the numbers of what is drawn.
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
    /// Failures that are no news.
    package var known: Set<FuzzFinding> = []
    package var corpus = Corpus()
    /// How often each oracle could have failed, by name.
    package var checks: [String: UInt64] = [:]
    /// What is drawn from `next` on, as far as that is known; nil where each seed draws its own.
    private var planned: [Drawing]?

    /// The last of a search without an end of its own.
    package static let lastSeed = UInt64.max - 1
    /// What was reached steers what is drawn so many seeds later, however many are under way.
    static let lead: UInt64 = 32

    package init(seeds: ClosedRange<UInt64>, isSteered: Bool = true) {
        first = seeds.lowerBound
        next = first
        last = seeds.upperBound
        guard isSteered else { return }
        let count = min(last - first, Self.lead - 1)
        planned = (first...first + count).map { Drawing(seed: $0) }
    }

    package var scenarios: UInt64 { next - first }

    /// What is drawn for a seed that is not done; nil as long as that is not known.
    func drawing(for seed: UInt64) -> Drawing? {
        guard let planned else { return Drawing(seed: seed) }
        let index = Int(seed - next)
        return index < planned.count ? planned[index] : nil
    }

    /// Takes down what came of the next seed.
    package mutating func take(_ outcome: FuzzOutcome) {
        let drawing = drawing(for: next) ?? Drawing(seed: next)
        for finding in outcome.findings {
            if let index = groups.firstIndex(where: { $0.finding == finding }) {
                groups[index].count += 1
            } else {
                groups.append(Group(finding: finding, count: 1, first: next, drawing: drawing))
            }
        }
        corpus.take(outcome.marks, drawing, number: next)
        checks.merge(outcome.checks, uniquingKeysWith: +)
        events += outcome.events
        simulatedSeconds += outcome.simulatedSeconds
        if planned != nil {
            planned?.removeFirst()
            if last - next >= Self.lead { planned?.append(corpus.next(next + Self.lead)) }
        }
        next += 1
    }

    /// What is not known yet.
    package var new: [Group] { groups.filter { !known.contains($0.finding) } }
}

package import Roles

/// Which marks the scenarios of a search reached, and by that what is drawn next.
///
/// Half of what is drawn is a neighbour of a scenario that reached a rare mark: the same with another world
/// seed, or with one feature more or less (Zalewski, "AFL", 2013, keeps and mutates what reached something
/// new in the same way).
package struct Corpus: Codable, Equatable, Sendable {
    /// What is known of a mark.
    package struct Reached: Codable, Equatable, Sendable {
        /// Scenarios that reached it.
        package var count = 0
        /// The number of the first of them.
        package var first: UInt64
        /// The first few of them.
        package var drawings: [Drawing] = []
    }

    /// By name.
    package private(set) var marks: [String: Reached] = [:]

    /// Scenarios that are kept of each mark.
    private static let kept = 8

    package init() {}

    /// Takes down what the scenario of a number reached.
    mutating func take(_ names: [String], _ drawing: Drawing, number: UInt64) {
        for name in names {
            var reached = marks[name] ?? Reached(first: number)
            reached.count += 1
            if reached.drawings.count < Self.kept { reached.drawings.append(drawing) }
            marks[name] = reached
        }
    }

    /// What is drawn for a number.
    func next(_ number: UInt64) -> Drawing {
        var draw = Draw(seed: number, feature: "neighbour")
        let rarest = byRarity
        guard !rarest.isEmpty, draw.coin() else { return Drawing(seed: number) }
        let mark = rarest[draw.count(0...rarest.count - 1)]
        guard let drawings = marks[mark.name]?.drawings, !drawings.isEmpty else {
            return Drawing(seed: number)
        }
        var neighbour = draw.one(of: drawings)
        neighbour.run = number
        if draw.coin() { neighbour.flip(draw.one(of: ScenarioDrawer.optional)) }
        return neighbour
    }

    /// The marks that were reached, the rarest first.
    package var byRarity: [Mark] {
        Mark.allCases.filter { marks[$0.name] != nil }
            .map { (count: count(of: $0), mark: $0) }
            .sorted { ($0.count, $0.mark.rawValue) < ($1.count, $1.mark.rawValue) }
            .map(\.mark)
    }

    /// The marks that were not.
    package var unreached: [Mark] { Mark.allCases.filter { marks[$0.name] == nil } }

    /// Scenarios that reached a mark.
    package func count(of mark: Mark) -> Int { marks[mark.name]?.count ?? 0 }
}

import Testing

@testable import Workbench

struct PastBugTests {
    /// The seeds that are drawn from until a bug shows that does not show without it.
    private func seeds(until bug: PastBug, upTo last: UInt64) -> UInt64? {
        (1...last).first { seed in
            let scenario = ScenarioDrawer.scenario(seed: seed)
            let outcome = FuzzOutcome(running: scenario) { bug.plant(in: &$0) }
            guard !outcome.findings.isEmpty else { return false }
            return !Set(outcome.findings).isSubset(of: FuzzOutcome(running: scenario).findings)
        }
    }

    /// Within how many seeds each shows, as `CONTRIBUTING.md` has it; the two others take longer than a test.
    @Test(
        arguments: [
            (.ledgerForgotten, 16), (.unreadableIsDamaged, 16), (.deadStayAlive, 8),
            (.copyUnproven, 8),
        ] as [(PastBug, UInt64)])
    func `a bug of the past is found within a few seeds, and nothing of it without`(
        bug: PastBug, last: UInt64
    ) {
        #expect(seeds(until: bug, upTo: last) != nil)
    }
}

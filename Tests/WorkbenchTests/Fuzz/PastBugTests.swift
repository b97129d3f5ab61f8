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

    @Test func `a ledger that is forgotten is found within a few seeds`() {
        #expect(seeds(until: .ledgerForgotten, upTo: 16) != nil)
    }

    @Test func `nodes that delete what they cannot read are found within some seeds`() {
        #expect(seeds(until: .unreadableIsDamaged, upTo: 40) != nil)
    }
}

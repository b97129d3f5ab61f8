import Primitives
import Testing

@Suite struct EditDistanceTests {
    @Test(
        arguments: [
            ("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("replicas", "repilcas", 1),
            ("deadAfter", "deadafter", 0), ("ab", "ba", 1), ("abc", "abcd", 1),
        ] as [(String, String, Int)])
    func `distances count edits`(a: String, b: String, distance: Int) {
        #expect(EditDistance.between(a, b) == distance)
        #expect(EditDistance.between(b, a) == distance)
    }

    @Test func `only what may have been meant is suggested`() {
        let known = ["replicas", "writeQuorum", "deadAfter"]
        #expect(EditDistance.nearest(to: "replica", among: known) == "replicas")
        #expect(EditDistance.nearest(to: "write_quorum", among: known) == "writeQuorum")
        #expect(EditDistance.nearest(to: "dead_after_seconds", among: known) == nil)
        #expect(EditDistance.nearest(to: "zzz", among: known) == nil)
        #expect(
            EditDistance.nearest(to: String(repeating: "r", count: 100_000), among: known) == nil)
    }
}

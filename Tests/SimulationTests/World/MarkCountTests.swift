import Observation
import Primitives
import Roles
import Testing

@testable import Simulation

struct MarkCountTests {
    private func count(_ mark: Mark, in world: World) -> UInt64 {
        world.observer.marks[Int(mark.rawValue)]
    }

    @Test func `the observer counts the rare ways that roles took`() throws {
        var world = World(.small())
        world.runUntilFilled()
        world.run(for: .minutes(1))
        #expect(count(.damageDiscarded, in: world) == 0)
        let chunk = try #require(world.referencedChunks.first)
        let slot = try #require(world.holders(of: chunk).first)
        world.lose(chunk, on: slot)
        world.run(for: .minutes(20))
        #expect(count(.damageDiscarded, in: world) == 1)
        #expect(count(.nobodyHolds, in: world) == 0)
    }
}

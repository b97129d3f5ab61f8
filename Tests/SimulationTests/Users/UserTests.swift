import Observation
import Primitives
import Roles
import Testing

@testable import Simulation

struct UserTests {
    @Test func `what a user does ends when their machine crashes, and nothing waits for ever`() {
        var world = World(.small { $0.workload.files = 0 })
        world.run(for: .minutes(2))
        world.put(byteCount: 200_000, by: 0)
        #expect(!world.users[0].isIdle)
        world.restart(world.userIndices[0], after: .seconds(1))
        #expect(world.users[0].isIdle)
        #expect(world.meters.availability.uploadsFailed == 1)
        // Answers to the former run mean nothing to this one.
        world.run(for: .minutes(2))
        #expect(world.observer.files.isEmpty)
        world.put(byteCount: 200_000, by: 0)
        world.run(for: .minutes(2))
        #expect(world.observer.files.count == 1)
        world.finishRun()
        expectNoComplaint(world)
    }

    @Test func `a user whose machine is down does nothing until it is up again`() {
        var world = World(.small { $0.workload.writesPerDay = 2_000 })
        for user in world.userIndices { world.goDown(user) }
        world.run(for: .minutes(10))
        #expect(world.environment.workload.nextOrdinal == 0)
        for user in world.userIndices { world.comeUp(user) }
        world.run(for: .minutes(10))
        #expect(world.observer.files.count > 6)
    }

    @Test func `a read that the deletion of its file overtakes is nobody's fault`() throws {
        var world = World(.small())
        world.runUntilFilled()
        let plan = try #require(world.owned[0].first)
        // Long enough a wait between look-up and chunks that the deletion falls into it.
        world.sabotage = { peer, effects in
            for index in effects.sends.indices {
                if case .request(.file(.getChunk)) = effects.sends[index].message {
                    effects.sends[index].call = .none
                }
            }
        }
        world.read(plan)
        world.run(for: .seconds(5))
        world.sabotage = nil
        world.delete(plan)
        world.run(for: .minutes(5))
        #expect(world.users[0].isIdle)
        world.finishRun()
        expectNoComplaint(world)
    }

    @Test func `an answer that answers something else is none`() {
        var world = World(.small { $0.workload.files = 1 })
        world.sabotage = { _, effects in
            for index in effects.sends.indices {
                if case .answer(.file(.putChunk)) = effects.sends[index].message {
                    effects.sends[index].message = .answer(.file(.delete(.deleted)))
                }
            }
        }
        world.run(for: .minutes(10))
        #expect(world.users.allSatisfy { $0.isIdle })
    }
}

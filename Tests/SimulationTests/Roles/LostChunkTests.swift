import Observation
import Primitives
import Roles
import Testing

@testable import Simulation

struct LostChunkTests {
    @Test func `a chunk that lost all replicas stays the file's, also after a restart`() throws {
        var world = World(.small())
        world.runUntilFilled()
        let plan = try #require(world.owned[0].first)
        let lost = world.referencedChunks.filter { world.census.facts[$0]?.file == plan.ordinal }
        for chunk in lost {
            for slot in world.holders(of: chunk) { world.lose(chunk, on: slot) }
        }
        // Reading finds out; placements with no holder reach the ledger.
        world.read(plan)
        world.run(for: .minutes(10))
        for chunk in lost {
            #expect(world.backends[0].chunks[chunk]?.holders.isEmpty == true)
        }
        world.restart(world.backendIndices[0], after: .seconds(1))
        world.run(for: .minutes(1))
        for chunk in lost { #expect(world.backends[0].chunks[chunk] != nil) }
        world.read(plan)
        world.run(for: .minutes(10))
        #expect(world.meters.availability.readsFailed == 2)
        expectNoComplaint(world)
    }

    @Test func `a replica that turns up after all were thought lost is wanted`() throws {
        var world = World(.small())
        world.runUntilFilled()
        let chunk = try #require(world.referencedChunks.first)
        // Every answer says that the chunk is missing, although the disks hold it.
        world.sabotage = { peer, effects in
            for index in effects.sends.indices {
                if case .answer(.node(.retrieve(.found(let payload)))) =
                    effects.sends[index].message,
                    payload.bytes.count > 0, peer.raw > 0
                {
                    effects.sends[index].message = .answer(.node(.retrieve(.missing)))
                }
            }
        }
        let plan = try #require(
            world.observer.files[world.census.facts[chunk]!.file]?.plan)
        world.read(plan)
        world.run(for: .minutes(2))
        world.sabotage = nil
        world.restart(world.backendIndices[0], after: .seconds(1))
        world.run(for: .minutes(30))
        #expect(world.holders(of: chunk).count == 3)
        #expect(world.backends[0].chunks[chunk]?.holders.count == 3)
        world.read(plan)
        world.run(for: .minutes(1))
        #expect(world.meters.availability.readsFailed == 1)
        expectNoComplaint(world)
    }
}

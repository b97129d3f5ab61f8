import Ledger
import Observation
import Primitives
import Testing

@testable import Files
@testable import Roles
@testable import Simulation

/// An oracle that cannot fail is worth nothing: each is shown a bug that it must catch.
struct PlantedBugTests {
    struct PlantedBug: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let oracle: Oracles.Name
        /// Plants the bug in a world that has its files, and runs it for as long as it takes.
        let plant: @Sendable (inout World) throws -> Void
    }

    static let bugs: [PlantedBug] = [
        PlantedBug(testDescription: "backends delete replicas that they need", oracle: .collection)
        {
            world in
            let chunk = try #require(world.referencedChunks.first)
            let holders = world.holders(of: chunk).map { PeerID(UInt64(world.nodeIndices[$0])) }
            let backend = PeerID(UInt64(world.backendIndices[0]))
            world.order(holders.prefix(1), toDelete: chunk, from: backend)
        },
        PlantedBug(
            testDescription: "a backend no longer knows a file", oracle: .durability
        ) { world in
            world.sabotage = { peer, effects in
                for index in effects.sends.indices {
                    if case .answer(.file(.getFile(.found))) = effects.sends[index].message {
                        effects.sends[index].message = .answer(.file(.getFile(.notFound)))
                    }
                }
            }
            world.read(try #require(world.owned[0].first))
            world.run(for: .seconds(10))
        },
        PlantedBug(
            testDescription: "every replica of a chunk is deleted", oracle: .collection
        ) { world in
            let chunk = try #require(world.referencedChunks.first)
            let holders = world.holders(of: chunk).map { PeerID(UInt64(world.nodeIndices[$0])) }
            let backend = PeerID(UInt64(world.backendIndices[0]))
            world.order(holders[...], toDelete: chunk, from: backend)
        },
        PlantedBug(
            testDescription: "nodes acknowledge before they sync", oracle: .durableAcknowledgement
        ) { world in
            let backend = PeerID(UInt64(world.backendIndices[0]))
            world.sabotage = { peer, effects in
                for request in effects.disk {
                    guard case .write(_, let stored, _) = request, stored.owner == backend else {
                        continue
                    }
                    let answer = StoreAnswer(chunk: stored.chunk, outcome: .stored)
                    effects.answer(.node(.store(answer)), to: stored.owner, call: .none)
                }
            }
            world.put(byteCount: 100_000, by: 0)
            world.run(for: .minutes(1))
        },
        PlantedBug(testDescription: "users send plaintext", oracle: .noPlaintext) { world in
            world.sabotage = { peer, effects in
                for index in effects.sends.indices {
                    let message = effects.sends[index].message
                    guard case .request(.file(.putChunk(var request))) = message else { continue }
                    request.payload.bytes = Oracles.canary + [1, 2, 3]
                    effects.sends[index].message = .request(.file(.putChunk(request)))
                }
            }
            world.put(byteCount: 100_000, by: 0)
            world.run(for: .seconds(10))
        },
        PlantedBug(testDescription: "users compress and do not seal", oracle: .noPlaintext) {
            world in
            var random = RandomSource(seed: 1, who: 0, purpose: 0)
            let plaintext = Oracles.canary + random.bytes(1_000).map { $0 & 0x0F }
            let frame = try #require(Zstandard.compress(plaintext))
            world.sabotage = { peer, effects in
                for index in effects.sends.indices {
                    let message = effects.sends[index].message
                    guard case .request(.file(.putChunk(var request))) = message else { continue }
                    request.payload.bytes = frame + [1]
                    effects.sends[index].message = .request(.file(.putChunk(request)))
                }
            }
            world.put(byteCount: 100_000, by: 0)
            world.run(for: .seconds(10))
        },
        PlantedBug(testDescription: "a record goes to another user", oracle: .ownerOnly) { world in
            let plan = try #require(world.owned[0].first)
            let stranger = world.users[1].id
            world.sabotage = { peer, effects in
                for index in effects.sends.indices {
                    if case .answer(.file(.getFile(.found))) = effects.sends[index].message {
                        effects.sends[index].to = stranger
                    }
                }
            }
            world.read(plan)
            world.run(for: .seconds(10))
        },
        PlantedBug(
            testDescription: "a chunk of another file answers a read", oracle: .readIntegrity
        ) { world in
            // It hashes to its own name, but that is not the name that was asked for.
            let plan = try #require(world.owned[0].first)
            let other = try #require(world.chunkDisks.first { !$0.contents.replicas.isEmpty })
            let payloads = other.contents.replicas.sorted { $0.key < $1.key }.map(\.value.payload)
            world.sabotage = { peer, effects in
                for index in effects.sends.indices {
                    if case .answer(.file(.getChunk(.found(let right)))) =
                        effects.sends[index].message,
                        let wrong = payloads.first(where: { $0 != right })
                    {
                        effects.sends[index].message = .answer(.file(.getChunk(.found(wrong))))
                    }
                }
            }
            world.read(plan)
            world.run(for: .seconds(30))
        },
        PlantedBug(testDescription: "a block is altered on its way to disk", oracle: .ledger) {
            world in
            world.sabotage = { peer, effects in
                for index in effects.disk.indices {
                    guard case .append(var block) = effects.disk[index] else { continue }
                    block[block.count / 2] ^= 1
                    effects.disk[index] = .append(block)
                }
            }
            world.put(byteCount: 100_000, by: 0)
            world.run(for: .seconds(30))
        },
        PlantedBug(testDescription: "a block is never written", oracle: .ledger) { world in
            world.sabotage = { peer, effects in
                effects.disk.removeAll { if case .append = $0 { true } else { false } }
            }
            world.put(byteCount: 100_000, by: 0)
            world.run(for: .seconds(30))
            world.sabotage = nil
            world.put(byteCount: 100_000, by: 0)
            world.run(for: .seconds(30))
        },
        PlantedBug(
            testDescription: "a node counts what its disk has lost", oracle: .inventoryTruth
        ) { world in
            let chunk = try #require(world.referencedChunks.first)
            let slot = try #require(world.holders(of: chunk).first)
            // Behind the census's back: no fault did this.
            world.chunkDisks[slot].contents.suffer(.loss, to: chunk)
            world.inspect()
        },
        PlantedBug(testDescription: "an upload is never answered", oracle: .liveness) { world in
            world.sabotage = { peer, effects in
                effects.timers.removeAll {
                    $0.timer.kind == .retry || $0.timer.kind == .callTimeout
                }
                effects.sends.removeAll {
                    if case .answer(.file(.putChunk)) = $0.message { true } else { false }
                }
            }
            world.put(byteCount: 100_000, by: 0)
            world.finishRun()
        },
        PlantedBug(testDescription: "a repair is not counted off", oracle: .liveness) { world in
            world.run(until: world.end)
            world.backends[0].repairs.underWay += 1
            world.finish()
        },
        PlantedBug(testDescription: "a discovery calls the living dead", oracle: .liveness) {
            world in
            world.sabotage = { peer, effects in
                for index in effects.sends.indices {
                    guard
                        case .answer(.discovery(.peers(var answer))) = effects.sends[index].message
                    else { continue }
                    for report in answer.reports.indices { answer.reports[report].status = .dead }
                    effects.sends[index].message = .answer(.discovery(.peers(answer)))
                }
            }
            world.restart(world.nodeIndices[0], after: .minutes(1))
            world.finishRun()
        },
        PlantedBug(testDescription: "a backend asks far too often", oracle: .liveness) { world in
            world.run(until: .origin + world.configuration.duration)
            world.sabotage = { peer, effects in
                for send in effects.sends {
                    guard case .request(.discovery(.peers)) = send.message else { continue }
                    effects.sends += Array(repeating: send, count: 100)
                }
            }
            world.finishRun()
        },
        PlantedBug(testDescription: "one chunk is never repaired", oracle: .redundancyRestored) {
            world in
            let chunk = try #require(world.referencedChunks.first)
            world.sabotage = { peer, effects in
                effects.sends.removeAll {
                    guard case .request(.node(.copy(let request))) = $0.message else {
                        return false
                    }
                    return request.chunk == chunk
                }
            }
            let slot = try #require(world.holders(of: chunk).first)
            world.environment.destroy(world.nodeIndices[slot], isFault: true)
            world.carryOutOrders()
            world.run(for: .hours(3))
        },
        PlantedBug(
            testDescription: "a backend does not see that two stand in one domain",
            oracle: .redundancyRestored
        ) { world in
            let away = world.nodeIndices.filter {
                world.environment.participants[Int($0)].domain == 2
            }
            for node in away { world.goDown(node) }
            world.run(for: .minutes(2))
            world.put(byteCount: 100_000, by: 0)
            world.run(for: .seconds(20))
            world.sabotage = { peer, effects in
                effects.sends.removeAll {
                    if case .request(.node(.copy)) = $0.message { true } else { false }
                }
            }
            for node in away { world.comeUp(node) }
            world.finishRun()
        },
        PlantedBug(testDescription: "nobody repairs", oracle: .redundancyRestored) { world in
            world.sabotage = { peer, effects in
                effects.sends.removeAll {
                    if case .request(.node(.copy)) = $0.message { true } else { false }
                }
            }
            let chunk = try #require(world.referencedChunks.first)
            let slot = try #require(world.holders(of: chunk).first)
            world.environment.destroy(world.nodeIndices[slot], isFault: true)
            world.carryOutOrders()
            world.finishRun()
        },
    ]

    @Test(arguments: bugs)
    func `a planted bug is caught`(_ bug: PlantedBug) throws {
        var world = World(.small { $0.duration = .hours(4) })
        world.runUntilFilled()
        world.run(for: .minutes(1))
        #expect(world.complaints.isEmpty)
        try bug.plant(&world)
        #expect(world.oracles.violations(of: bug.oracle) > 0, "\(world.complaints)")
    }

    @Test func `every oracle has a planted bug`() {
        #expect(Set(Self.bugs.map(\.oracle)) == Set(Oracles.Name.allCases))
    }

    @Test func `without a bug nothing is violated`() {
        expectNoComplaint(World.finished(.small()))
    }
}

extension World {
    /// Has a backend tell nodes, out of the blue, to delete a chunk.
    mutating func order(_ nodes: ArraySlice<PeerID>, toDelete chunk: ChunkID, from backend: PeerID)
    {
        let request = DeleteRequest(chunk: chunk, stamp: now, expires: now + .minutes(1))
        for node in nodes { effects.tell(.node(.delete(request)), to: node) }
        apply(UInt32(backend.raw))
        run(for: .seconds(5))
    }
}

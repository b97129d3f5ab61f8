import Observation
import Primitives
import Roles
import Testing

@testable import Simulation

struct NetworkTests {
    private func network(_ change: (inout WorldConfiguration) -> Void = { _ in }) -> Network {
        var configuration = WorldConfiguration()
        configuration.topology.regions = ["frankfurt", "sydney"]
        change(&configuration)
        return Network(configuration)
    }

    private func participant(region: UInt8 = 0, domain: UInt32 = 0) -> Participant {
        Participant(kind: .node, slot: 0, region: region, domain: domain, index: 1, seed: 7)
    }

    private func passages(
        _ network: Network, _ count: Int = 1, to receiver: (region: UInt8, domain: UInt32),
        from: UInt32 = 0, toIndex: UInt32 = 1
    ) -> [Network.Passage] {
        var sender = participant()
        return (0..<count).map { _ in
            network.passage(from: from, at: &sender, to: toIndex, at: receiver)
        }
    }

    @Test func `latency is that of zone, region or pair of regions, stretched by up to the jitter`()
    {
        let network = network { $0.network.jitter = 0.5 }
        // One way is half the measured round trip: 250 ms between the regions, frankfurt's row.
        let cases: [((UInt8, UInt32), Duration)] = [
            ((0, 0), .microseconds(45)), ((0, 1), .milliseconds(1)),
            ((1, 1), .milliseconds(125)),
        ]
        for (receiver, base) in cases {
            let list = passages(network, 2_000, to: (region: receiver.0, domain: receiver.1))
                .map(\.latency)
            #expect(list.allSatisfy { $0 >= base && $0 < base.scaled(by: 1.5) })
            // The whole range is used.
            #expect(list.min()! < base.scaled(by: 1.01) && list.max()! > base.scaled(by: 1.49))
        }
    }

    @Test func `without jitter latency is the measured one`() {
        let network = network { $0.network.jitter = 0 }
        #expect(passages(network, to: (region: 1, domain: 0))[0].latency == .milliseconds(125))
    }

    /// Within four standard deviations of a binomial.
    private func expectShare(
        _ count: Int, of total: Int, _ probability: Double,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let deviation = (Double(total) * probability * (1 - probability)).squareRoot()
        #expect(
            abs(Double(count) - Double(total) * probability) < 4 * deviation,
            sourceLocation: sourceLocation)
    }

    @Test(arguments: [0.001, 0.05, 0.5])
    func `loss and duplication come at their rates`(_ probability: Double) {
        let network = network {
            $0.network.loss = probability
            $0.network.duplication = probability / 2
        }
        let list = passages(network, 50_000, to: (region: 0, domain: 1))
        expectShare(list.count { $0.isLost }, of: list.count, probability)
        expectShare(list.count { $0.isDoubled }, of: list.count, probability / 2)
        #expect(list.allSatisfy { $0.fault == nil })
    }

    @Test func `a network without mishaps has none`() {
        let list = passages(network(), 1_000, to: (region: 0, domain: 1))
        #expect(!list.contains { $0.isLost || $0.isDoubled })
    }

    @Test(arguments: FaultSettings.Direction.allCases)
    func `a partition cuts what crosses its border in its direction, until it ends`(
        _ direction: FaultSettings.Direction
    ) {
        var network = network()
        // 0 and 2 are cut off; 5 joined later and is with the rest.
        network.begin(
            .init(fault: 3, concerns: [true, false, true], effect: .cut(direction)))
        func isCut(_ from: UInt32, _ to: UInt32) -> Bool {
            let passage = passages(network, to: (region: 0, domain: 1), from: from, toIndex: to)[0]
            #expect(passage.isLost == (passage.fault == 3))
            return passage.isLost
        }
        #expect(isCut(0, 1) == (direction != .incoming))
        #expect(isCut(1, 0) == (direction != .outgoing))
        #expect(isCut(0, 5) == (direction != .incoming))
        #expect(!isCut(0, 2) && !isCut(1, 5))
        network.end(fault: 4)
        #expect(isCut(0, 1) == (direction != .incoming))
        network.end(fault: 3)
        #expect(!isCut(0, 1) && !isCut(1, 0))
    }

    @Test func `degraded links are slower and lose and double more`() {
        var network = network { $0.network.jitter = 0 }
        network.begin(
            .init(
                fault: 1, concerns: [true],
                effect: .degrade(loss: 0.2, duplication: 0.1, latencyFactor: 10)))
        let list = passages(network, 20_000, to: (region: 0, domain: 1))
        expectShare(list.count { $0.isLost }, of: list.count, 0.2)
        expectShare(list.count { $0.isDoubled }, of: list.count, 0.1)
        #expect(list.allSatisfy { $0.latency == .milliseconds(10) && $0.fault == 1 })
        // Links between others are as ever.
        let others = passages(network, to: (region: 0, domain: 1), from: 1, toIndex: 2)
        #expect(others[0].latency == .milliseconds(1) && others[0].fault == nil)
    }

    @Test func `every region has a latency to every other`() {
        for from in RegionLatency.names {
            for to in RegionLatency.names {
                #expect(RegionLatency.oneWay(from: from, to: to)! > .zero)
            }
        }
        #expect(RegionLatency.oneWay(from: "atlantis", to: "london") == nil)
    }
}

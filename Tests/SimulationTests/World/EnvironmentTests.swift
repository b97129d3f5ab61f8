import Primitives
import Roles
import Testing

@testable import Simulation

/// An environment whose servers run elsewhere.
struct EnvironmentTests {
    private static let node: UInt32 = 3

    /// One discovery, backend and user, and three nodes, after their starts were ordered.
    private func started() -> Environment {
        var environment = Environment(
            .small {
                $0.topology.nodes = 3
                $0.topology.users = 1
                $0.topology.backends = 1
                $0.topology.discoveries = 1
            })
        environment.begin()
        environment.run(until: .origin + .seconds(100))
        return environment
    }

    private func starts(_ orders: [ServerOrder]) -> [UInt32] {
        orders.compactMap { if case .start(let run) = $0 { run.actor } else { nil } }.sorted()
    }

    @Test func `servers are ordered to start, and users are not`() {
        var environment = started()
        #expect(starts(environment.takeOrders()) == [0, 1, 3, 4, 5])
        #expect(environment.orders.isEmpty)
    }

    @Test func `a crash and a return are orders, and the former run means nothing then`() {
        var environment = started()
        _ = environment.takeOrders()
        let run = ServerRun(actor: Self.node, epoch: environment.participants[Int(Self.node)].epoch)
        #expect(environment.isCurrent(run))
        environment.goDown(Self.node)
        #expect(!environment.isCurrent(run))
        environment.comeUp(Self.node)
        let orders = environment.takeOrders()
        guard orders.count == 2, case .crash(Self.node) = orders[0],
            case .start(let next) = orders[1]
        else {
            Issue.record("\(orders)")
            return
        }
        #expect(next == ServerRun(actor: Self.node, epoch: run.epoch + 1))
        #expect(environment.isCurrent(next) && !environment.isCurrent(run))
    }
}

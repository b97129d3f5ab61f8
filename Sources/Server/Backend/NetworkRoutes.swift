import Hummingbird
import Ledger
import Merkle
import Primitives
import Roles
import Wire

/// The network as the backend sees it.
struct NetworkRoutes: Sendable {
    let backend: BackendEnvironment

    func add(to router: RouterGroup<SessionContext>) {
        router.get("network") { _, _ in Response.json(try await form()) }
    }

    private func form() async throws -> NetworkForm {
        let (blocks, tip) = try await backend.ledger.summary()
        let directory = backend.directory
        let urls = backend.settings.discoveries
        let target = backend.settings.protocolSettings.replicas
        return await backend.host.read { role in
            NetworkForm(
                nodes: role.members.all.indices.map { index in
                    Self.node(role, index, address: directory[role.members[index].peer]?.address)
                },
                discoveries: urls.indices.map { index in
                    NetworkForm.Discovery(
                        url: urls[index], isAnswering: role.discoveriesAnswering[index],
                        clockAheadMilliseconds: Self.milliseconds(role.discoveryClocks[index]))
                },
                redundancy: NetworkForm.Redundancy(
                    target: target, chunksByReplicas: role.chunksByReplicas()),
                repair: NetworkForm.Repair(
                    waiting: role.repairs.count, underWay: role.repairs.underWay),
                ledger: NetworkForm.Ledger(blocks: blocks, records: tip?.header.totalRecords ?? 0))
        }
    }

    private static func node(
        _ role: borrowing Backend, _ index: Int, address: String?
    ) -> NetworkForm.Node {
        let member = role.members[index]
        let status: NetworkForm.Status =
            switch member.standing {
            case .left: .left
            case .leaving: .draining
            case .doubted: .doubted
            case .staying(.alive): .alive
            case .staying(.suspect): .suspect
            case .staying(.dead): .dead
            }
        return NetworkForm.Node(
            id: member.peer, address: address, status: status, domain: member.domain,
            capacityBytes: member.capacityBytes, freeBytes: member.freeBytes,
            chunks: member.expected.count, lastSeen: WireTime.text(role.lastSeen(index)),
            clockAheadMilliseconds: milliseconds(member.clock))
    }

    private static func milliseconds(_ clock: ClockReading) -> Int64? {
        clock.ahead.map { $0.nanoseconds / 1_000_000 }
    }
}

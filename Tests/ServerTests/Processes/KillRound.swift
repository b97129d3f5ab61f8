import Foundation
import Primitives

/// One round: some work, and something that is killed in the middle of it.
struct KillRound: Sendable {
    let number: Int
    private let victims: Victims
    private let delayMilliseconds: Int
    private let byteCounts: [Int]
    private let choices: [UInt64]

    private enum Victims: Sendable {
        case discovery, backend
        case nodes([Int])
        case everything
    }

    init(_ number: Int, random: inout RandomSource) {
        self.number = number
        let first = random.below(5 as Int)
        let second = (first + 1 + random.below(4 as Int)) % 5
        victims =
            switch random.below(20 as Int) {
            case 0...6: .nodes([first])
            case 7...10: .nodes([first, second])
            case 11...15: .backend
            case 16...18: .discovery
            default: .everything
            }
        delayMilliseconds = random.below(150 as Int)
        byteCounts = (0..<3).map { _ in random.below(200_000 as Int) }
        choices = (0..<3).map { _ in random.next() }
    }

    var killsBackend: Bool {
        switch victims {
        case .backend, .everything: true
        case .nodes, .discovery: false
        }
    }

    private func servers(of network: ProcessNetwork) -> [ServerProcess] {
        switch victims {
        case .discovery: [network.discovery]
        case .backend: [network.backend]
        case .nodes(let indices): indices.map { network.nodes[$0] }
        case .everything: network.all
        }
    }

    /// Works, kills, and starts again what was killed.
    func play(on network: ProcessNetwork, _ store: FileStore, _ token: String) async throws {
        let servers = servers(of: network)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, byteCount) in byteCounts.enumerated() {
                group.addTask {
                    try await store.put(number * 10 + index, byteCount: byteCount, token)
                }
            }
            group.addTask { try await store.read(choices[0], token) }
            group.addTask { try await store.delete(choices[1], token) }
            if number.isMultiple(of: 5) {
                group.addTask {
                    try await store.putWithProgram(
                        number * 10 + 9, byteCount: byteCounts[0], mustSucceed: false)
                }
            }
            try await Task.sleep(for: .milliseconds(delayMilliseconds))
            for server in servers { server.send(SIGKILL) }
            for server in servers { _ = await server.exitStatus() }
            for server in servers { try server.start() }
            try await group.waitForAll()
        }
        for server in servers + [network.backend] {
            try await wait("\(server.name) is ready after round \(number)") {
                await server.isReady
            }
        }
    }
}

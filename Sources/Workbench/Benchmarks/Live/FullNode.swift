import Cryptography
import Foundation
import Primitives
import Roles
import Server
import Storage
import Wire

/// Measures a node that starts with many chunks on its disk.
struct FullNode {
    let chunks: Int

    private static let name = "full-node"
    /// Of a chunk: the node's memory and start depend on how many there are, not on how long they are.
    private static let byteCount = 32
    /// Chunks that are written at once.
    private static let batch = 10_000

    func measure(_ network: NetworkProcesses, _ tell: (LiveBenchmark.Row) -> Void) async throws {
        let client = try NodeOperator(tlsAuthority: nil)
        defer { Task { await client.close() } }
        let backends = try await client.status(of: network.nodeURL).backends
        guard let backend = backends.first else {
            throw ServerFailure(description: "the nodes do not know the backend")
        }
        try await fill("\(network.folder)/\(Self.name)", owner: backend)
        let start = ContinuousClock.now
        let url = try await network.addNode(Self.name, domain: 99)
        let seconds = start.duration(to: .now) / .seconds(1)
        // Its inventory is made when it meets the backend that the chunks are of.
        var status = try await client.status(of: url)
        for _ in 0..<300 where status.backends.isEmpty {
            try await Task.sleep(for: .milliseconds(100))
            status = try await client.status(of: url)
        }
        guard status.chunks == chunks, !status.backends.isEmpty else {
            throw ServerFailure(description: "the node has \(status.chunks) chunks of \(chunks)")
        }
        let work = "a node with \(Format.count(chunks)) chunks"
        tell(
            LiveBenchmark.Row(
                work: work + ": from start to ready", figure: seconds, unit: "s", reach: 10,
                isMoreBetter: false))
        tell(.memory(of: Self.name, in: network, work + ": memory, peak", reach: 400))
    }

    private func fill(_ path: String, owner: PeerID) async throws {
        let store = try ChunkStore(in: try DataFolder(path: path, purpose: .node))
        for start in stride(from: 0, to: chunks, by: Self.batch) {
            var requests = (start..<min(start + Self.batch, chunks)).map { write($0, owner) }
            requests.append(.sync(token: 0))
            await withCheckedContinuation { continuation in
                store.perform(requests) { event in
                    if case .synced = event { continuation.resume() }
                }
            }
        }
        await store.close()
    }

    private func write(_ number: Int, _ owner: PeerID) -> DiskRequest {
        // Hashes of numbers are as good as sealed bytes: nothing about them is alike.
        let bytes = SHA256.hash(Array("\(number)".utf8)).bytes
        let stored = StoredChunk(
            chunk: ChunkID(SHA256.hash(bytes)), byteCount: Self.byteCount, owner: owner,
            stamp: .origin)
        return .write(
            token: UInt64(number), stored, Payload(bytes: bytes, byteCount: Self.byteCount))
    }
}

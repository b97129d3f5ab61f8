import Observation
import Primitives
import Roles
import Storage
import Synchronization

@testable import Simulation

/// The simulator's disk behind the protocol of real ones; it needs no time.
final class SimulatedDisk: Disk {
    private let state = Mutex(ChunkDisk(capacityBytes: .max, speed: DiskSettings()))

    func perform(
        _ requests: [DiskRequest], complete: @escaping @Sendable (DiskEvent) -> Void
    ) {
        for request in requests {
            if let event = state.withLock({ Self.perform(request, &$0) }) { complete(event) }
        }
    }

    func abandon() async {}

    /// What was not synced is gone.
    func crash() { state.withLock { $0.crash() } }

    func close() async { state.withLock { _ = Self.perform(.sync(token: 0), &$0) } }

    private static func perform(_ request: DiskRequest, _ disk: inout ChunkDisk) -> DiskEvent? {
        switch request {
        case .recoverChunks: return .recoveredChunks(disk.contents.inventory())
        case .recoverLog: return .recoveredLog([])
        case .write(let token, let stored, let payload):
            let fits = disk.contents.write(.init(stored: stored, payload: payload))
            return .wrote(token: token, fits ? .written : .full)
        case .read(let token, let chunk):
            let payload = disk.contents.replicas[chunk]?.payload
            return .read(token: token, payload.map { .bytes($0) } ?? .damaged)
        case .delete(let chunk): disk.contents.delete(chunk)
        case .setTrashed(let chunk, let since): disk.contents.setTrashed(chunk, since: since)
        case .append, .readBlock: break
        case .sync(let token):
            _ = disk.startSync(at: .origin)
            disk.contents.finishSync()
            return .synced(token: token)
        }
        return nil
    }
}

import Primitives
import Roles
import Storage
import Synchronization

/// A disk in memory: what a disk has to be, at its simplest.
///
/// It keeps chunks and a log, tells what was synced from what was not, and reports at once.
final class MemoryDisk: Disk {
    private struct Content {
        var chunks: [ChunkID: (stored: StoredChunk, payload: Payload)] = [:]
        var log: [[UInt8]] = []
    }

    private struct State {
        var now = Content()
        var durable = Content()
    }

    private let state = Mutex(State())

    init() {}

    func perform(
        _ requests: [DiskRequest], complete: @escaping @Sendable (DiskEvent) -> Void
    ) {
        for request in requests {
            // Outside of the lock, which whoever hears of it may want.
            if let event = state.withLock({ Self.perform(request, &$0) }) { complete(event) }
        }
    }

    func close() async { state.withLock { $0.durable = $0.now } }

    func abandon() async {}

    /// Power is cut: what was not synced is gone.
    func crash() { state.withLock { $0.now = $0.durable } }

    /// Flips a bit of a stored chunk.
    func rot(_ chunk: ChunkID) {
        state.withLock { state in
            state.now.chunks[chunk]?.payload.bytes[0] ^= 1
            state.durable.chunks[chunk]?.payload.bytes[0] ^= 1
        }
    }

    private static func perform(_ request: DiskRequest, _ state: inout State) -> DiskEvent? {
        switch request {
        case .recoverChunks:
            let chunks = state.now.chunks.values.map(\.stored).sorted { $0.chunk < $1.chunk }
            return .recoveredChunks(chunks)
        case .recoverLog: return .recoveredLog(state.now.log)
        case .write(let token, let stored, let payload):
            state.now.chunks[stored.chunk] = (stored, payload)
            return .wrote(token: token, .written)
        case .read(let token, let chunk):
            let payload = state.now.chunks[chunk]?.payload
            return .read(token: token, payload.map { .bytes($0) } ?? .damaged)
        case .delete(let chunk): state.now.chunks[chunk] = nil
        case .setTrashed(let chunk, let since): state.now.chunks[chunk]?.stored.trashed = since
        case .append(let block): state.now.log.append(block)
        case .readBlock(let height):
            let log = state.now.log
            return .readBlock(height: height, height < log.count ? log[Int(height)] : nil)
        case .sync(let token):
            state.durable = state.now
            return .synced(token: token)
        }
        return nil
    }
}

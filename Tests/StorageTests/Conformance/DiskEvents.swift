import Primitives
import Roles
import Storage
import Synchronization

/// What a disk reported, by token.
struct DiskEvents: Sendable {
    var outcomes: [UInt64: DiskOutcome] = [:]
    /// The names that the bytes have.
    var reads: [UInt64: ChunkID?] = [:]
    var synced: [UInt64] = []
    var others = 0

    mutating func add(_ event: DiskEvent) {
        switch event {
        case .wrote(let token, let outcome): outcomes[token] = outcome
        case .read(let token, let outcome): reads[token] = .some(outcome.name)
        case .synced(let token): synced.append(token)
        case .recoveredChunks, .recoveredLog, .readBlock: others += 1
        }
    }
}

extension Disk {
    /// Makes all requests at once and waits for `count` reports.
    func ask(_ requests: [DiskRequest], count: Int) async -> DiskEvents {
        await withCheckedContinuation { continuation in
            let state = Collected()
            perform(requests) { event in
                if let all = state.add(event, until: count) { continuation.resume(returning: all) }
            }
        }
    }
}

private final class Collected: Sendable {
    private let state = Mutex((events: DiskEvents(), count: 0))

    func add(_ event: DiskEvent, until count: Int) -> DiskEvents? {
        state.withLock { state in
            state.events.add(event)
            state.count += 1
            return state.count == count ? state.events : nil
        }
    }
}

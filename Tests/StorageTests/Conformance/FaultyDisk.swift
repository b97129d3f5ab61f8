import Primitives
import Roles
import Storage
import Synchronization

/// Stands before another disk and lets requests fail.
final class FaultyDisk: Disk {
    struct Faults {
        /// What writes come to instead; nil lets them through.
        var writes: DiskOutcome?
        /// Reads find the disk out of order.
        var reads = false
        /// Writes above this many bytes together are refused as full.
        var room = Int.max
    }

    private let disk: any Disk
    private let faults = Mutex(Faults())

    init(_ disk: any Disk) { self.disk = disk }

    func set(_ change: (inout Faults) -> Void) { faults.withLock { change(&$0) } }

    func perform(
        _ requests: [DiskRequest], complete: @escaping @Sendable (DiskEvent) -> Void
    ) {
        var passed: [DiskRequest] = []
        for request in requests {
            if let event = fault(request) { complete(event) } else { passed.append(request) }
        }
        disk.perform(passed, complete: complete)
    }

    func close() async { await disk.close() }
    func abandon() async { await disk.abandon() }

    private func fault(_ request: DiskRequest) -> DiskEvent? {
        faults.withLock { faults in
            switch request {
            case .write(let token, _, let payload):
                if let outcome = faults.writes { return .wrote(token: token, outcome) }
                guard payload.byteCount <= faults.room else {
                    return .wrote(token: token, .full)
                }
                faults.room -= payload.byteCount
                return nil
            case .read(let token, _):
                return faults.reads ? .read(token: token, .unavailable) : nil
            default: return nil
            }
        }
    }
}

import Primitives
import Roles
import Storage
import Synchronization

@testable import Simulation

/// The chunk store on the simulated file system behind the protocol of real disks; it needs no time.
final class SegmentsInSimulation: Disk {
    private let state: Mutex<SegmentDisk>

    init(seed: UInt64 = 1) {
        var speed = DiskSettings()
        speed.segmentBytes = 1 << 20
        state = Mutex(SegmentDisk(speed: speed, seed: seed))
    }

    func perform(
        _ requests: [DiskRequest], complete: @escaping @Sendable (DiskEvent) -> Void
    ) {
        for request in requests {
            // Outside of the lock, which whoever hears of it may want.
            for event in state.withLock({ Self.perform(request, &$0) }) { complete(event) }
        }
    }

    func close() async { state.withLock { $0.shut() } }
    func abandon() async {}

    /// Power is cut: any subset of what was not synced lasts.
    func crash(_ seed: UInt64) { state.withLock { $0.crash(keepingSome: seed) } }

    private static func perform(_ request: DiskRequest, _ disk: inout SegmentDisk) -> [DiskEvent] {
        var events: [DiskEvent] = []
        var outcomes = disk.perform(request, at: .origin)
        while !outcomes.isEmpty {
            switch outcomes.removeFirst() {
            case .reports(let event, _): events.append(event)
            case .goesOn(let step, _): outcomes += disk.goOn(step, at: .origin)
            }
        }
        return events
    }
}

import Observation
import Primitives
import Testing

@testable import Simulation

/// How long simulated disks take.
struct DiskTimeTests {
    private let speed = DiskSettings()

    @Test func `operations follow each other and cost latency and bytes over speed`() {
        var disk = ChunkDisk(capacityBytes: 1_000, speed: speed)
        let first = disk.finish(bytes: speed.bytesPerSecond, at: .origin)
        #expect(first == .origin + speed.latency + .seconds(1))
        #expect(disk.finish(bytes: 0, at: .origin) == first + speed.latency)
        #expect(disk.startSync(at: .origin) == first + speed.latency + speed.syncLatency)
    }

    @Test func `syncing costs what is new and reading back costs everything`() {
        var disk = LogDisk(speed: speed)
        disk.contents.append(Array(repeating: 0, count: 1_500_000))
        let done = disk.startSync(at: .origin)
        #expect(done == .origin + speed.syncLatency + .milliseconds(10))
        disk.contents.finishSync()
        #expect(disk.startSync(at: done) == done + speed.syncLatency)
        #expect(disk.recoveryTime() == speed.latency + .milliseconds(10))
    }
}

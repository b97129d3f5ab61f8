import Primitives
import Testing

@testable import Simulation

struct LogDiskTests {
    @Test func `a crash truncates the log to what was synced`() {
        var disk = LogDisk(speed: DiskSettings())
        disk.append([1])
        _ = disk.startSync(at: .origin)
        disk.append([2, 2])
        #expect(Array(disk.finishSync()) == [[1]])
        #expect(disk.blocks == [[1], [2, 2]] && disk.durableCount == 1 && disk.byteCount == 1)
        disk.crash()
        #expect(disk.blocks == [[1]])
        disk.append([3])
        _ = disk.startSync(at: .origin)
        #expect(Array(disk.finishSync()) == [[3]])
        #expect(disk.blocks == [[1], [3]] && disk.durableCount == 2 && disk.byteCount == 2)
    }

    @Test func `a sync that a crash cut off makes nothing durable afterwards`() {
        var disk = LogDisk(speed: DiskSettings())
        disk.append([1])
        _ = disk.startSync(at: .origin)
        disk.crash()
        disk.append([2])
        #expect(Array(disk.finishSync()).isEmpty)
        #expect(disk.durableCount == 0)
    }

    @Test func `syncing costs what is new and reading back costs everything`() {
        let speed = DiskSettings()
        var disk = LogDisk(speed: speed)
        disk.append(Array(repeating: 0, count: 1_500_000))
        let done = disk.startSync(at: .origin)
        #expect(done == .origin + speed.syncLatency + .milliseconds(10))
        _ = disk.finishSync()
        #expect(disk.startSync(at: done) == done + speed.syncLatency)
        #expect(disk.recoveryTime() == speed.latency + .milliseconds(10))
    }
}

import Testing

@testable import Observation

struct LogContentsTests {
    @Test func `a crash truncates the log to what was synced`() {
        var disk = LogContents()
        disk.append([1])
        disk.startSync()
        disk.append([2, 2])
        #expect(Array(disk.finishSync()) == [[1]])
        #expect(disk.blocks == [[1], [2, 2]] && disk.durableCount == 1 && disk.byteCount == 1)
        disk.crash()
        #expect(disk.blocks == [[1]])
        disk.append([3])
        disk.startSync()
        #expect(Array(disk.finishSync()) == [[3]])
        #expect(disk.blocks == [[1], [3]] && disk.durableCount == 2 && disk.byteCount == 2)
    }

    @Test func `a sync that a crash cut off makes nothing durable afterwards`() {
        var disk = LogContents()
        disk.append([1])
        disk.startSync()
        disk.crash()
        disk.append([2])
        #expect(Array(disk.finishSync()).isEmpty)
        #expect(disk.durableCount == 0)
    }

    @Test func `a log that lost a synced block, or holds another, is a violation`() {
        var disk = LogContents()
        disk.append([1])
        disk.startSync()
        disk.finishSync()
        disk.append([2])
        var same = disk
        #expect(same.reconcile(with: [[1], [2]]) == [[2]])
        #expect(same.durableCount == 2)
        same = disk
        #expect(same.reconcile(with: [[1]]) == [])
        same = disk
        #expect(same.reconcile(with: []) == nil)
        same = disk
        #expect(same.reconcile(with: [[3], [2]]) == nil)
    }
}

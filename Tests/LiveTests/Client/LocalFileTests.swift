import Foundation
import Testing

@testable import Live

@Suite struct LocalFileTests {
    /// As in a process that is being started, which has a copy of every descriptor for a moment.
    @Test func aLockIsGivenUpWhoeverElseHasTheDescriptor() throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "lock-\(UUID().uuidString)").path
        defer { unlink(path) }
        let first = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #expect(flock(first, LOCK_EX | LOCK_NB) == 0)
        let copy = dup(first)
        let second = open(path, O_RDWR | O_CLOEXEC)
        #expect(flock(second, LOCK_EX | LOCK_NB) == -1)
        LocalFile.unlockAndClose(first)
        #expect(flock(second, LOCK_EX | LOCK_NB) == 0)
        close(copy)
        close(second)
    }
}

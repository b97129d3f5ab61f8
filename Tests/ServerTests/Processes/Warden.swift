import Foundation
import Spawning
import Synchronization
import Testing

/// Keeps a folder for processes, and sees to it that neither outlives the test: a shell waits for the
/// end of the warden, or of the whole test, kills what still runs and removes the folder.
final class Warden: Sendable {
    let folder: URL
    private let watcher: Process
    private let leash = Spawning.pipe()
    private let lock = Mutex(())

    /// What processes are started with; their home tells them from all others.
    var environment: [String: String] {
        [
            "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no",
            "HOME": folder.appending(path: "home").path,
        ]
    }

    init() throws {
        // Syncs cost nothing in memory.
        let memory = URL(fileURLWithPath: "/dev/shm")
        let base =
            FileManager.default.isWritableFile(atPath: memory.path)
            ? memory : FileManager.default.temporaryDirectory
        folder = base.appending(path: "processes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data().write(to: folder.appending(path: "running"))
        watcher = Process()
        watcher.executableURL = URL(fileURLWithPath: "/bin/sh")
        // A number may belong to another process by now: only what was started from here is killed.
        watcher.arguments = [
            "-c",
            """
            trap '' INT TERM HUP
            read end
            for process in $(cat "$0/running"); do
                if grep -qs "$0" "/proc/$process/environ"; then kill -9 "$process"; fi
            done
            sleep 0.1
            for mount in $(cut -d ' ' -f 2 /proc/mounts | grep "^$0/"); do umount -l "$mount"; done
            rm -rf "$0"
            """, folder.path,
        ]
        watcher.environment = ["PATH": "/usr/bin:/bin"]
        watcher.standardInput = leash
        try Spawning.start(watcher)
    }

    deinit {
        try? leash.fileHandleForWriting.close()
        watcher.waitUntilExit()
    }

    func watch(_ process: Int32) {
        lock.withLock { _ in
            guard let file = try? appending(to: folder.appending(path: "running")) else { return }
            try? file.write(contentsOf: Data("\(process)\n".utf8))
            try? file.close()
        }
    }

    func appending(to file: URL) throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: file.path) { try Data().write(to: file) }
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        return handle
    }
}

/// What a test of processes stumbled over.
struct Problem: Error, CustomStringConvertible {
    var description: String
}

/// Waits until something is so, for a while; how long is no part of what is tested. It counts how often
/// it looked rather than the time: other tests may keep every thread busy for minutes.
func wait(
    _ what: @autoclosure () -> String, until isSo: () async throws -> Bool
) async throws {
    for _ in 0..<9_000 {
        if try await isSo() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw Problem(description: "waited in vain: \(what())")
}

package import Foundation
import Synchronization

/// Starts processes, one after the other.
///
/// Foundation hears of the end of a process when a socket closes that only that process should hold. A
/// process that starts at the same moment may inherit it, and then nobody hears of the first one's end
/// before that of the second. Tests run at once, so all of them start their processes here.
package enum Spawning {
    private static let turn = Mutex(())

    package static func start(_ process: Process) throws {
        try turn.withLock { _ in try process.run() }
    }

    /// A pipe of which no process gets an end that it is not given.
    package static func pipe() -> Pipe {
        turn.withLock { _ in Pipe() }
    }

    /// The built program, which lies beside the test bundle.
    package static let dsim = URL(fileURLWithPath: CommandLine.arguments[0])
        .resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "dsim")
}

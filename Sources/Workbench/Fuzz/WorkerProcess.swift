import Foundation
import Glibc
import Platform
import Primitives
import Synchronization

/// A process of this program that runs scenarios one by one, so that one that traps takes nothing else
/// with it. Used by one thread at a time.
final class WorkerProcess {
    /// What came of a request.
    enum Reply {
        case line(String)
        /// The process is gone: which signal or exit code ended it, and what it had to say.
        case died(status: CInt, errors: String)
        case overdue
        case cancelled
    }

    private let process: pid_t
    private let input: CInt
    private let output: CInt
    private let errors: CInt
    private var received: [UInt8] = []
    private var isReaped = false

    /// Descriptors are made and then kept from other processes: nobody may start one in between.
    private static let turn = Mutex(())

    /// Starts `program` with arguments and an environment. Throws what the system refused.
    static func start(
        _ program: String, _ arguments: [String], _ environment: [String: String]
    ) throws -> WorkerProcess {
        try turn.withLock { _ in try WorkerProcess(program, arguments, environment) }
    }

    private init(_ program: String, _ arguments: [String], _ environment: [String: String])
        throws(SystemError)
    {
        let (childInput, input) = try Self.pipe()
        let (output, childOutput) = try Self.pipe()
        errors = try Self.scratchFile()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (own, standard) in [(childInput, 0), (childOutput, 1), (errors, 2)] {
            posix_spawn_file_actions_adddup2(&actions, own, CInt(standard))
        }
        var process = pid_t()
        let code = Self.withStrings([program] + arguments) { arguments in
            Self.withStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawn(&process, program, &actions, nil, arguments, environment)
            }
        }
        close(childInput)
        close(childOutput)
        (self.process, self.input, self.output) = (process, input, output)
        guard code == 0 else {
            isReaped = true
            throw SystemError(.open, program, code: code)
        }
    }

    deinit {
        stop()
        for descriptor in [input, output, errors] { close(descriptor) }
    }

    private static func pipe() throws(SystemError) -> (reading: CInt, writing: CInt) {
        var ends: [CInt] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw SystemError(.open, "pipe", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// A file without a name.
    private static func scratchFile() throws(SystemError) -> CInt {
        var name = Array("\(NSTemporaryDirectory())dsim-errors-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw SystemError(.create, "temporary file", code: errno) }
        remove(name)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    private static func withStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }

    /// Sends a line and waits for the answer, which is a line.
    func ask(_ line: String, seconds: Double, _ cancel: CancelFlag) -> Reply {
        // A process that is gone closes its end; what it left is read below.
        try? File(stream: input, named: "worker").append(Array((line + "\n").utf8))
        let deadline = DispatchTime.now() + seconds
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                defer { received.removeSubrange(...end) }
                return .line(String(decoding: received[..<end], as: UTF8.self))
            }
            if cancel.isSet { return .cancelled }
            if DispatchTime.now() > deadline { return .overdue }
            var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, 100) > 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = read(output, &buffer, buffer.count)
            if count > 0 {
                received += buffer[..<count]
            } else if count == 0 {
                return .died(status: reap(), errors: told())
            }
        }
    }

    /// Ends the process at once.
    func stop() {
        guard !isReaped else { return }
        kill(process, SIGKILL)
        _ = reap()
    }

    private func reap() -> CInt {
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        isReaped = true
        return status
    }

    /// What it wrote to its standard error.
    private func told() -> String {
        let file = File(stream: errors, named: "errors")
        let bytes = (try? file.read(min(file.size(), 1 << 20), at: 0)) ?? []
        return String(decoding: bytes, as: UTF8.self)
    }
}

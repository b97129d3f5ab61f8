import Glibc

/// What the operating system refused.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    package var operation: FileSystem.Operation
    package var path: String
    /// The value of `errno`.
    package var code: Int32

    package init(_ operation: FileSystem.Operation, _ path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// The disk, or the share of it that the user may fill, has no room left.
    package var isFull: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

    /// Nothing is there.
    package var isMissing: Bool { code == ENOENT || code == ENOTDIR }

    /// The system's words for the code, such as "Permission denied".
    package var reason: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard strerror_r(code, buffer.baseAddress!, buffer.count) == 0 else {
                return "error \(code)"
            }
            return String(cString: buffer.baseAddress!)
        }
    }

    package var description: String { "cannot \(operation.rawValue) \(path): \(reason)" }
}

import Glibc
package import Primitives

extension SystemError: CustomStringConvertible {
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

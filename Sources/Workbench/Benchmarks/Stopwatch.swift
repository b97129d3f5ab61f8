import Foundation

/// Measures wall time.
enum Stopwatch {
    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        try ContinuousClock().measure(body) / .seconds(1)
    }
}

/// What the system says of this process's memory.
enum ProcessMemory {
    /// Resident bytes now, from `/proc/self/statm` (proc(5)): its second field, in pages.
    static func residentBytes() throws -> UInt64 {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = UInt64(fields[1]) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }
}

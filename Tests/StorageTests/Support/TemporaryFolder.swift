import Foundation

/// A folder that goes with its last reference.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        // Syncs cost nothing in memory, and a test has thousands.
        let memory = "/dev/shm/"
        let base =
            FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        path = base + "storage-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(of name: String) -> String { path + "/" + name }

    /// A copy of what is in it now, as after a power cut that lost nothing.
    func copy() throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            try FileManager.default.copyItem(atPath: path(of: name), toPath: copy.path(of: name))
        }
        return copy
    }

    func contents(of name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path(of: name))))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path(of: name)))
    }

    func list(_ name: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(of: name)).sorted()
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: path(of: name))
    }

    /// Makes the rest of a file zeros.
    func zero(_ name: String, from offset: Int) throws {
        var bytes = try contents(of: name)
        for index in bytes.indices.dropFirst(offset) { bytes[index] = 0 }
        try write(bytes, to: name)
    }

    /// The bytes that a file takes up.
    func allocated(_ name: String) throws -> Int {
        var status = stat()
        guard stat(path(of: name), &status) == 0 else { throw POSIXError(.ENOENT) }
        return Int(status.st_blocks) * 512
    }
}

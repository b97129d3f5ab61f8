import Glibc
import Platform
import Primitives

/// Copies of damaged records, for whoever wants to know what happened to them: `quarantine/log` has a
/// line for each, and a file the bytes, as long as there is room for copies.
struct Quarantine {
    private let path: String
    private let files: FileSystem
    private let limit: Int
    /// Bytes of copies; nil until the folder was looked at.
    private var usedBytes: Int?
    private static let logLimit = 1 << 20

    init(path: String, files: FileSystem, limit: Int) {
        self.path = path
        self.files = files
        self.limit = limit
    }

    /// Where a file of the quarantine is.
    func path(of name: String) -> String { path + "/" + name }

    /// Keeps what stands in a range of a segment's data file, or only says what was there.
    mutating func take(
        _ range: Range<Int>, of segment: UInt32, from file: File?, chunk: ChunkID?,
        because reason: String
    ) {
        let used = usedBytes ?? measure()
        usedBytes = used
        var copy = "none"
        if let file, !range.isEmpty, used + range.count <= limit,
            let bytes = try? file.read(range.count, at: range.lowerBound), !bytes.isEmpty
        {
            let name = "\(segment)-\(range.lowerBound).bytes"
            if let out = try? files.open(path(of: name), .emptied),
                (try? out.write(bytes, at: 0)) != nil
            {
                usedBytes = used + bytes.count
                copy = name
            }
        }
        log(
            "segment \(segment) offset \(range.lowerBound) bytes \(range.count) "
                + "chunk \(chunk?.description ?? "unknown") copy \(copy): \(reason)")
    }

    /// Appends a line with the time. Failing to is no reason to fail.
    func log(_ line: String) {
        var (now, parts) = (time(nil), tm())
        gmtime_r(&now, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let stamp =
            "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T"
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
        let logPath = path(of: "log")
        guard let file = try? files.open(logPath, .kept),
            let size = try? file.size(), size < Self.logLimit
        else { return }
        try? file.write(Array("\(stamp) \(line)\n".utf8), at: size)
    }

    private func measure() -> Int {
        let names = (try? files.list(path)) ?? []
        return names.reduce(0) { sum, name in
            sum + ((try? files.open(path(of: name)).size()) ?? 0)
        }
    }
}

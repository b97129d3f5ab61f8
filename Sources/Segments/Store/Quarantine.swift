import Primitives

/// Copies of damaged records, for whoever wants to know what happened to them: `quarantine/log` has a
/// line for each, and a file the bytes, as long as there is room for copies.
struct Quarantine: Sendable {
    private let path: String
    private let limit: Int
    /// Bytes of copies; nil until the folder was looked at.
    private var usedBytes: Int?
    private static let logLimit = 1 << 20

    init(path: String, limit: Int) {
        self.path = path
        self.limit = limit
    }

    /// Where a file of the quarantine is.
    func path(of name: String) -> String { path + "/" + name }

    /// Keeps what stands in a range of a segment's data file, or only says what was there.
    mutating func take<Files: Volume>(
        _ range: Range<Int>, of segment: UInt32, from file: Files.File?, chunk: ChunkID?,
        because reason: String, on files: inout Files
    ) {
        let used = usedBytes ?? measure(on: &files)
        usedBytes = used
        var copy = "none"
        if let file, !range.isEmpty, used + range.count <= limit,
            let bytes = try? files.read(file, range.count, at: range.lowerBound), !bytes.isEmpty
        {
            let name = "\(segment)-\(range.lowerBound).bytes"
            if let out = try? files.open(path(of: name), .emptied),
                (try? files.write(bytes, to: out, at: 0)) != nil
            {
                usedBytes = used + bytes.count
                copy = name
            }
        }
        log(
            "segment \(segment) offset \(range.lowerBound) bytes \(range.count) "
                + "chunk \(chunk?.description ?? "unknown") copy \(copy): \(reason)", on: &files)
    }

    /// Appends a line with the time. Failing to is no reason to fail.
    func log<Files: Volume>(_ line: String, on files: inout Files) {
        let text = "\(files.timeStamp()) \(line)\n"
        guard let file = try? files.open(path(of: "log"), .kept),
            let size = try? files.byteCount(of: file), size < Self.logLimit
        else { return }
        try? files.write(Array(text.utf8), to: file, at: size)
    }

    private func measure<Files: Volume>(on files: inout Files) -> Int {
        var sum = 0
        for name in (try? files.list(path)) ?? [] {
            guard let file = try? files.open(path(of: name), .reading) else { continue }
            sum += (try? files.byteCount(of: file)) ?? 0
        }
        return sum
    }
}

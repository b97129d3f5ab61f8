import Files
import Glibc
import Platform
import Primitives

/// Bytes to be uploaded: a file, which can be read again, or a stream such as standard input.
final class UploadSource {
    /// What tells, before any byte is read, that a file is no longer the one that it was.
    struct Stamp: Equatable, Codable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modifiedNanoseconds: Int64
        var changedNanoseconds: Int64
    }

    /// Nil for a stream.
    let stamp: Stamp?
    private let path: String
    private let file: File
    /// Larger for a file that would have too many chunks.
    let chunkSize: ChunkSize
    /// Where the next byte of a file is.
    private var offset = 0

    /// Opens a file. Throws `cannotRead`, also for one that is too large.
    init(path: String) throws(ClientError) {
        let (file, status) = try LocalFile.telling(.cannotRead, path) { () throws(SystemError) in
            let file = try LocalFile.files.open(path, .reading)
            return (file, try file.status())
        }
        guard status.kind != .folder else {
            throw ClientError(.cannotRead, "cannot read \(path): it is a folder")
        }
        guard let chunkSize = ChunkSize.fitting(UInt64(clamping: status.byteCount)) else {
            throw Self.tooLarge(path, limit: ChunkSize.largest.largestFile)
        }
        self.path = path
        self.file = file
        self.chunkSize = chunkSize
        stamp = status.kind == .file ? Stamp(status) : nil
    }

    /// For an open descriptor, which stays open.
    init(stream descriptor: CInt, named path: String) {
        self.path = path
        file = File(stream: descriptor, named: path)
        chunkSize = .standard
        stamp = nil
    }

    /// Whether the file is still what it was when it was opened.
    var isUnchanged: Bool { (try? file.status()).map { Stamp($0) == stamp } ?? false }

    /// The next bytes: a whole chunk, or fewer at the end. Throws `cannotRead`, and
    /// `CancellationError` while it waits for a stream.
    func next() throws -> [UInt8] {
        guard stamp == nil else {
            let bytes = try read(at: offset)
            offset += bytes.count
            return bytes
        }
        var bytes: [UInt8] = []
        while bytes.count < chunkSize.count {
            try waitForStream()
            do throws(SystemError) {
                let more = try file.next(chunkSize.count - bytes.count)
                if more.isEmpty { break }
                bytes += more
            } catch {
                guard error.code == EAGAIN else { throw ClientError(.cannotRead, path, error) }
            }
        }
        return bytes
    }

    /// The bytes of one chunk of a file, read once more; fewer than it had where it has shrunk.
    func chunk(at index: Int) throws(ClientError) -> [UInt8] {
        try read(at: index * chunkSize.count)
    }

    private func read(at offset: Int) throws(ClientError) -> [UInt8] {
        try LocalFile.telling(.cannotRead, path, try file.read(chunkSize.count, at: offset))
    }

    /// It goes on where a file has to end.
    var tooLarge: ClientError { Self.tooLarge(path, limit: chunkSize.largestFile) }

    private static func tooLarge(_ path: String, limit: UInt64) -> ClientError {
        ClientError(
            .cannotRead,
            "cannot store \(path): it has more than \(limit) bytes. Cut it into several files"
                + (path == "standard input" ? ", or put it as one." : "."))
    }

    /// Goes back to the first byte of a file.
    func rewind() { offset = 0 }

    /// Returns when a byte or the end is there, or notices that nobody waits for it any more.
    private func waitForStream() throws {
        while true {
            try Task.checkCancellation()
            var descriptor = pollfd(fd: file.descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&descriptor, 1, 200) != 0 { return }
        }
    }
}

extension UploadSource.Stamp {
    fileprivate init(_ status: FileStatus) {
        self.init(
            device: status.device, inode: status.inode, size: Int64(status.byteCount),
            modifiedNanoseconds: status.modifiedNanoseconds,
            changedNanoseconds: status.changedNanoseconds)
    }
}

/// Cuts a source into chunks. Holds two at most: only the next byte or the end tells whether a chunk
/// is the last.
struct SourceChunks {
    private let source: UploadSource
    private var next: [UInt8]
    private var index = 0
    private var isAtEnd = false

    init(_ source: UploadSource) throws {
        self.source = source
        next = try source.next()
    }

    /// Nil after the last chunk. Throws `cannotRead` where there are too many. An empty source has one, which is empty.
    mutating func nextChunk() throws -> Chunk? {
        guard !isAtEnd else { return nil }
        guard index < Manifest.chunkLimit else { throw source.tooLarge }
        let bytes = next
        next = bytes.count == source.chunkSize.count ? try source.next() : []
        isAtEnd = next.isEmpty
        defer { index += 1 }
        return Chunk(index: index, bytes: bytes, isLast: isAtEnd)
    }
}

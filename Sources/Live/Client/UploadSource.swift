import CoreFoundation
import Files
import Foundation
import Glibc

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
    private let file: CInt
    private let chunkSize: ChunkSize
    private let ownsFile: Bool

    /// Opens a file. Throws `cannotRead`.
    init(path: String, chunkSize: ChunkSize = .standard) throws(ClientError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0 else {
            let error = LocalFile.failure(.cannotRead, "read", path)
            if file >= 0 { close(file) }
            throw error
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            close(file)
            throw ClientError(.cannotRead, "cannot read \(path): it is a folder")
        }
        self.path = path
        self.file = file
        self.chunkSize = chunkSize
        ownsFile = true
        stamp = status.st_mode & S_IFMT == S_IFREG ? Stamp(status) : nil
    }

    /// For an open descriptor, which stays open.
    init(stream descriptor: CInt, named path: String, chunkSize: ChunkSize = .standard) {
        self.path = path
        file = descriptor
        self.chunkSize = chunkSize
        ownsFile = false
        stamp = nil
    }

    deinit { if ownsFile { close(file) } }

    /// Whether the file is still what it was when it was opened.
    var isUnchanged: Bool {
        var status = stat()
        return fstat(file, &status) == 0 && Stamp(status) == stamp
    }

    /// The next bytes: a whole chunk, or fewer at the end. Throws `cannotRead`, and
    /// `CancellationError` while it waits for a stream.
    func next() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: chunkSize.count)
        var filled = 0
        while filled < bytes.count {
            if stamp == nil { try waitForStream() }
            let count = bytes.withUnsafeMutableBytes {
                read(file, $0.baseAddress! + filled, $0.count - filled)
            }
            if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            guard count >= 0 else { throw LocalFile.failure(.cannotRead, "read", path) }
            if count == 0 { break }
            filled += count
        }
        if filled < bytes.count { bytes.removeLast(bytes.count - filled) }
        return bytes
    }

    /// The bytes of one chunk of a file, read once more; fewer than it had where it has shrunk.
    func chunk(at index: Int) throws(ClientError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: chunkSize.count)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                pread(
                    file, $0.baseAddress! + filled, $0.count - filled,
                    off_t(index * chunkSize.count + filled))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw LocalFile.failure(.cannotRead, "read", path) }
            if count == 0 { break }
            filled += count
        }
        return Array(bytes.prefix(filled))
    }

    /// Goes back to the first byte of a file.
    func rewind() { lseek(file, 0, SEEK_SET) }

    /// Returns when a byte or the end is there, or notices that nobody waits for it any more.
    private func waitForStream() throws {
        while true {
            try Task.checkCancellation()
            var descriptor = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            if poll(&descriptor, 1, 200) != 0 { return }
        }
    }
}

extension UploadSource.Stamp {
    fileprivate init(_ status: stat) {
        func nanoseconds(_ time: timespec) -> Int64 {
            Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        }
        self.init(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
            size: Int64(status.st_size), modifiedNanoseconds: nanoseconds(status.st_mtim),
            changedNanoseconds: nanoseconds(status.st_ctim))
    }
}

/// Cuts a source into chunks. Holds two at most: only the next byte or the end tells whether a chunk
/// is the last.
struct SourceChunks {
    private let source: UploadSource
    private let chunkSize: ChunkSize
    private var next: [UInt8]
    private var index = 0
    private var isAtEnd = false

    init(_ source: UploadSource, chunkSize: ChunkSize) throws {
        self.source = source
        self.chunkSize = chunkSize
        next = try source.next()
    }

    /// Nil after the last chunk. An empty source has one, which is empty.
    mutating func nextChunk() throws -> Chunk? {
        guard !isAtEnd else { return nil }
        let bytes = next
        next = bytes.count == chunkSize.count ? try source.next() : []
        isAtEnd = next.isEmpty
        defer { index += 1 }
        return Chunk(index: index, bytes: bytes, isLast: isAtEnd)
    }
}

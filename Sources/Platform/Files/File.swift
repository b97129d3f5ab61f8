import Glibc
package import Primitives
import Synchronization

/// An open file, which closes with its last reference. Any thread may use it at any time.
///
/// What names no offset begins where the system last ended: that is for streams, which know no offsets.
package final class File: Sendable {
    package let path: String
    package let descriptor: CInt
    private let files: FileSystem
    private let closes: Bool
    private let isLocked = Atomic(false)

    init(descriptor: CInt, path: String, files: FileSystem) {
        self.descriptor = descriptor
        self.path = path
        self.files = files
        closes = true
    }

    /// A stream of the process's, which stays open. `name` stands for it in errors.
    package init(stream descriptor: CInt, named name: String) {
        self.descriptor = descriptor
        path = name
        files = FileSystem()
        closes = false
    }

    deinit {
        // A process that is starting at this moment may hold a copy of the descriptor, so that closing
        // it would not be enough.
        if isLocked.load(ordering: .relaxed) { unlock() }
        if closes { Glibc.close(descriptor) }
    }

    /// The length in bytes.
    package func size() throws(SystemError) -> Int { try status().byteCount }

    package func status() throws(SystemError) -> FileStatus {
        var status = stat()
        _ = try files.run(.inspect, path) { fstat(descriptor, &status) }
        return FileStatus(status)
    }

    // MARK: Streams

    /// The next bytes, as many of `count` as are there; none at the end.
    package func next(_ count: Int) throws(SystemError) -> [UInt8] {
        try Self.bytes(count) { (buffer) throws(SystemError) in
            try files.run(.read, path) { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
        }
    }

    /// All bytes up to the end, or the first few beyond `limit`.
    package func rest(limit: Int = .max) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let more = try next(1 << 18)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    /// Writes all bytes.
    package func append(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try files.run(.write, path) {
                rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            }
            guard count > 0 else { throw SystemError(.write, path, code: EIO) }
            rest = rest.dropFirst(count)
        }
    }

    // MARK: Offsets

    /// Reads bytes into memory. Returns how many there were before the file ended.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(SystemError) -> Int {
        var count = 0
        while count < buffer.count {
            let (rest, position) = (buffer.count - count, offset + count)
            let read = try files.run(.read, path) {
                pread(descriptor, buffer.baseAddress! + count, rest, position)
            }
            if read == 0 { break }
            count += read
        }
        return count
    }

    /// As many of `count` bytes as the file has there.
    package func read(_ count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
        try Self.bytes(count) { (buffer) throws(SystemError) in
            try read(into: buffer, at: offset)
        }
    }

    private static func bytes(
        _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
    ) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(SystemError) {
                initialized = try fill(UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    package func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
        try write(bytes, [], at: offset)
    }

    /// Writes two byte strings, one behind the other, without joining them in memory.
    package func write(_ head: [UInt8], _ tail: [UInt8], at offset: Int) throws(SystemError) {
        var total = head.count + tail.count
        var failure: Int32?
        switch files.fault(.write, path) {
        case nil: break
        case .fails(let code): throw SystemError(.write, path, code: code)
        case .tears(let count, let code):
            total = min(count, total)
            failure = code
        }
        let error: SystemError? = head.withUnsafeBytes { head in
            tail.withUnsafeBytes { tail in
                do throws(SystemError) {
                    try write(head, tail, limit: total, at: offset)
                    return nil
                } catch {
                    return error
                }
            }
        }
        if let error { throw error }
        if let failure { throw SystemError(.write, path, code: failure) }
    }

    private func write(
        _ head: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer, limit: Int, at offset: Int
    ) throws(SystemError) {
        var done = 0
        while done < limit {
            let first = UnsafeRawBufferPointer(
                rebasing: head[min(done, head.count)...].prefix(limit - done))
            let second = UnsafeRawBufferPointer(
                rebasing: tail[max(0, done - head.count)...].prefix(limit - done - first.count))
            var parts = (Self.vector(first), Self.vector(second))
            let position = offset + done
            let count = try FileSystem.repeating(.write, path) {
                withUnsafeBytes(of: &parts) {
                    pwritev(
                        descriptor, $0.assumingMemoryBound(to: iovec.self).baseAddress!, 2, position
                    )
                }
            }
            // Writing some bytes must write one, or the file will not take any.
            guard count > 0 else { throw SystemError(.write, path, code: EIO) }
            done += count
        }
    }

    private static func vector(_ bytes: UnsafeRawBufferPointer) -> iovec {
        iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    }

    /// Makes everything written durable. After a failure nobody knows what is: the kernel reports it
    /// once and takes the pages for clean, so that a second, successful sync means nothing.
    package func sync() throws(SystemError) {
        _ = try files.run(.sync, path) { fdatasync(descriptor) }
    }

    /// Lets the system forget what it keeps of a synced range in memory, so that what is written once
    /// and seldom read leaves the memory to what is read. No harm is done where it cannot.
    package func uncache(_ range: Range<Int>) {
        _ = posix_fadvise(descriptor, range.lowerBound, range.count, POSIX_FADV_DONTNEED)
    }

    /// Reserves room, so that syncs of what is written there cost less. The file reads as zeros there.
    package func allocate(from offset: Int, count: Int) throws(SystemError) {
        _ = try files.run(.allocate, path) { Fallocate.call(descriptor, 0, offset, count) }
    }

    /// Gives the room of a range back; it reads as zeros from then on.
    package func punch(from offset: Int, count: Int) throws(SystemError) {
        let flags = Fallocate.punchHole | Fallocate.keepSize
        _ = try files.run(.punch, path) { Fallocate.call(descriptor, flags, offset, count) }
    }

    package func truncate(to size: Int) throws(SystemError) {
        _ = try files.run(.truncate, path) { ftruncate(descriptor, size) }
    }

    /// Locks the file against every other opening of it, in any process, until it closes. Returns
    /// false when another has the lock.
    package func lock() throws(SystemError) -> Bool {
        do {
            _ = try files.run(.lock, path) { flock(descriptor, LOCK_EX | LOCK_NB) }
            isLocked.store(true, ordering: .relaxed)
            return true
        } catch  where error.code == EWOULDBLOCK {
            return false
        }
    }

    /// Lets others lock it.
    package func unlock() { flock(descriptor, LOCK_UN) }
}

/// Linux's `fallocate`, which the Glibc module does not show: it is looked up while the program runs.
private enum Fallocate {
    static let keepSize: Int32 = 1
    static let punchHole: Int32 = 2

    private typealias Function = @convention(c) (Int32, Int32, off_t, off_t) -> Int32

    private static let function = dlsym(nil, "fallocate").map {
        unsafeBitCast($0, to: Function.self)
    }

    static func call(_ descriptor: Int32, _ mode: Int32, _ offset: Int, _ count: Int) -> Int32 {
        guard let function else {
            errno = ENOSYS
            return -1
        }
        return function(descriptor, mode, offset, count)
    }
}

import Cryptography
import Files
import Foundation
import Glibc
import Platform
import Primitives
import Synchronization
import Wire

/// What an upload has sealed and handed over, so that a second try of the same file goes on where the
/// first broke off.
///
/// A chunk's id is written down before the chunk is sent. A nonce is its chunk's index, so under the
/// file's key each index must be sent with the same bytes only: whoever goes on seals again and
/// compares with what was written down, and where that differs the key is given up. What is written
/// lies with the system once `write` returns and outlives the process, but perhaps not the machine:
/// after a restart of that the journal counts for nothing, and a new key is made.
///
/// The key is kept wrapped by the user's master key, in a file that only its owner may read.
final class UploadJournal: Sendable {
    let fileID: FileID
    let fileKey: SecretKey
    /// Whether something of an earlier try is there to go on with.
    let isResumed: Bool
    /// Nil where nothing is written down.
    private let file: File?
    private let entries: Mutex<Entries>

    private struct Entries {
        /// How much of the file is written.
        var byteCount = 0
        var sealed: [Int: ChunkID] = [:]
        var sent: Set<Int> = []
    }

    private struct Header: Codable, Equatable {
        var version = 1
        var boot: String
        var stamp: UploadSource.Stamp
        var file: FileID
        var wrappedKey: Base64
    }

    /// How long the backend keeps a chunk that no file refers to; somewhat less.
    private static let keptSeconds = 3_000

    private init(
        fileID: FileID, fileKey: SecretKey, file: File?, entries: Entries, isResumed: Bool = false
    ) {
        self.fileID = fileID
        self.fileKey = fileKey
        self.file = file
        self.entries = Mutex(entries)
        self.isResumed = isResumed
    }

    /// A new key that nothing is written down about: for a source that cannot be read again.
    static func none() -> UploadJournal {
        UploadJournal(fileID: .random(), fileKey: SystemRandom.key(), file: nil, entries: Entries())
    }

    /// Goes on with the journal at `path`, or starts it where there is none that fits the source.
    /// While another process writes it, gives one that is not kept. Throws `cannotWrite`.
    static func open(
        _ path: String, stamp: UploadSource.Stamp, masterKey: MasterKey,
        boot: String? = bootIdentifier
    ) throws -> UploadJournal {
        guard let boot else { return none() }
        let opened = try LocalFile.telling(.cannotWrite, path) { () throws(SystemError) in
            try LocalFile.files.makeFolders(FileSystem.parent(of: path))
            let file = try LocalFile.files.open(path, .kept)
            guard try file.lock(), let named = try LocalFile.files.status(of: path) else {
                return nil as File?
            }
            // Another process may have ended its upload, and removed its journal, in between.
            return try file.status().isSame(as: named) ? file : nil
        }
        guard let file = opened else { return none() }
        if let (header, entries) = try read(file), header.boot == boot, header.stamp == stamp,
            let key = try? masterKey.unwrap(header.wrappedKey.bytes, for: header.file)
        {
            return UploadJournal(
                fileID: header.file, fileKey: key, file: file, entries: entries, isResumed: true)
        }
        let id = FileID.random()
        let key = SystemRandom.key()
        let header = Header(
            boot: boot, stamp: stamp, file: id,
            wrappedKey: Base64(try masterKey.wrap(key, for: id)))
        let line = Array(try WireJSON.encode(header)) + [10]
        try LocalFile.telling(.cannotWrite, path) { () throws(SystemError) in
            try file.truncate(to: 0)
            try file.write(line, at: 0)
        }
        return UploadJournal(
            fileID: id, fileKey: key, file: file, entries: Entries(byteCount: line.count))
    }

    /// Writes down that the chunk at `index` is about to be sent as `id`. False where it once was
    /// sealed as another: it must not be sent. Throws `cannotWrite`.
    func willSend(_ id: ChunkID, at index: Int) throws(ClientError) -> Bool {
        try entries.withLock { (entries) throws(ClientError) in
            if let known = entries.sealed[index] { return known == id }
            try write("s \(index) \(id)\n", &entries)
            entries.sealed[index] = id
            return true
        }
    }

    /// Notes that the backend has the chunk. Throws `cannotWrite`.
    func didSend(at index: Int) throws(ClientError) {
        try entries.withLock { (entries) throws(ClientError) in
            guard entries.sent.insert(index).inserted else { return }
            try write("d \(index)\n", &entries)
        }
    }

    /// Whether the backend had the chunk a while ago.
    func hasSent(_ index: Int) -> Bool { entries.withLock { $0.sent.contains(index) } }

    /// Forgets the upload: it is over, or its key must not serve again.
    func remove() { if let file { try? LocalFile.files.remove(file.path) } }

    private func write(_ line: String, _ entries: inout Entries) throws(ClientError) {
        guard let file else { return }
        let bytes = Array(line.utf8)
        let end = entries.byteCount
        try LocalFile.telling(.cannotWrite, file.path, try file.write(bytes, at: end))
        entries.byteCount += bytes.count
    }

    /// Nil for what is no whole journal: a line that is missing may be a chunk that was sent.
    private static func read(_ file: File) throws(ClientError) -> (Header, Entries)? {
        let (bytes, status) = try LocalFile.telling(
            .cannotRead, file.path, (try file.rest(), try file.status()))
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        // Empty, unless the process ended while it wrote.
        let torn = lines.popLast() ?? []
        guard torn.isEmpty, let first = lines.first,
            let header = try? WireJSON.decode(Header.self, from: Data(first)), header.version == 1
        else { return nil }
        var entries = Entries(byteCount: bytes.count)
        for line in lines.dropFirst() {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ")
            guard words.count >= 2, let index = Int(words[1]) else { return nil }
            if words.count == 3, words[0] == "s",
                let hash = Hash256(hexadecimal: String(words[2])), entries.sealed[index] == nil
            {
                entries.sealed[index] = ChunkID(hash)
            } else if words.count == 2, words[0] == "d", entries.sealed[index] != nil {
                entries.sent.insert(index)
            } else {
                return nil
            }
        }
        if time(nil) - Int(status.modifiedNanoseconds / 1_000_000_000) > keptSeconds {
            entries.sent = []
        }
        return (header, entries)
    }

    /// Tells one run of the machine from the next; nil where that cannot be told.
    static let bootIdentifier: String? = {
        guard let bytes = try? LocalFile.read("/proc/sys/kernel/random/boot_id") else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.isEmpty ? nil : text.trimmingCharacters(in: .whitespacesAndNewlines)
    }()
}

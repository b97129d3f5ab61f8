import CoreFoundation
import Cryptography
import Files
import Foundation
import Glibc
import Primitives

/// A file that is being downloaded, under a name of its own beside the one that it is to get.
final class PartialFile {
    private let target: String
    private let path: String
    private let stored: StoredFile
    private let file: CInt

    /// What an earlier download brought.
    struct Kept {
        var chunks = 0
        var bytes: UInt64 = 0
        /// Of those bytes.
        var content = SHA256Hasher()
    }

    /// Opens or makes the file. Throws `cannotCreate`, also while another download writes it.
    init(target: String, file stored: StoredFile) throws(ClientError) {
        self.target = target
        self.stored = stored
        let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? ""
        path = folder + ".dsim-\(stored.id).part"
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard file >= 0 else { throw LocalFile.failure(.cannotCreate, "create", target) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            throw ClientError(
                .cannotCreate, "Another process is downloading this file to \(target). Wait for it."
            )
        }
    }

    deinit { if file >= 0 { LocalFile.unlockAndClose(file) } }

    /// Keeps the chunks from the start on that are right, and cuts off the rest.
    ///
    /// Sealing gives the same bytes each time, so a chunk is right exactly if sealed again it has the
    /// name that the manifest gives. Throws `cannotWrite`.
    func keepWhatIsRight() throws -> Kept {
        let manifest = stored.manifest
        let sealer = ChunkSealer(
            fileID: stored.id, fileKey: stored.fileKey, chunkSize: manifest.chunkSize)
        var kept = Kept()
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure() }
        for index in manifest.chunks.indices where status.st_size > 0 {
            try Task.checkCancellation()
            let bytes = read(manifest.plaintextCount(ofChunk: index))
            let isLast = index == manifest.chunks.count - 1
            let sealed = try sealer.seal(bytes, index: index, isLast: isLast)
            guard sealed.id == manifest.chunks[index] else { break }
            kept.chunks += 1
            kept.bytes += UInt64(bytes.count)
            kept.content.update(bytes)
        }
        guard ftruncate(file, off_t(kept.bytes)) == 0,
            lseek(file, off_t(kept.bytes), SEEK_SET) >= 0
        else { throw failure() }
        return kept
    }

    func append(_ bytes: [UInt8]) throws(ClientError) {
        guard LocalFile.append(bytes, to: file) else { throw failure() }
    }

    /// Gives the file its name, durably. Throws `alreadyExists` where somebody else has taken it and
    /// it is not to be replaced.
    func finish(replacing: Bool) throws(ClientError) {
        guard fsync(file) == 0 || errno == EINVAL else { throw failure() }
        try LocalFile.publish(path, as: target, replacing: replacing)
    }

    private func failure() -> ClientError { LocalFile.failure(.cannotWrite, "write", target) }

    /// The next bytes, or fewer where the file ends.
    private func read(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes {
                Foundation.read(file, $0.baseAddress! + filled, count - filled)
            }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { break }
            filled += got
        }
        return Array(bytes.prefix(filled))
    }
}

import Cryptography
import Files
import Platform
import Primitives

/// A file that is being downloaded, under a name of its own beside the one that it is to get.
final class PartialFile {
    private let target: String
    private let stored: StoredFile
    private let file: File
    /// How much of it is written.
    private var count = 0

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
        let file = try LocalFile.telling(.cannotCreate, target) { () throws(SystemError) in
            let file = try LocalFile.files.open(
                folder + ".dsim-\(stored.id).part", .kept, access: .masked)
            return try file.lock() ? file : nil
        }
        guard let file else {
            throw ClientError(
                .cannotCreate, "Another process is downloading this file to \(target). Wait for it."
            )
        }
        self.file = file
    }

    /// Keeps the chunks from the start on that are right, and cuts off the rest.
    ///
    /// Sealing gives the same bytes each time, so a chunk is right exactly if sealed again it has the
    /// name that the manifest gives. Throws `cannotWrite`.
    func keepWhatIsRight() throws -> Kept {
        let manifest = stored.manifest
        let sealer = ChunkSealer(
            fileID: stored.id, fileKey: stored.fileKey, chunkSize: manifest.chunkSize)
        var kept = Kept()
        let size = try telling(try file.size())
        for index in manifest.chunks.indices where size > 0 {
            try Task.checkCancellation()
            let bytes = (try? file.read(manifest.plaintextCount(ofChunk: index), at: count)) ?? []
            let isLast = index == manifest.chunks.count - 1
            let sealed = try sealer.seal(bytes, index: index, isLast: isLast)
            guard sealed.id == manifest.chunks[index] else { break }
            kept.chunks += 1
            count += bytes.count
            kept.content.update(bytes)
        }
        kept.bytes = UInt64(count)
        try telling(try file.truncate(to: count))
        return kept
    }

    func append(_ bytes: [UInt8]) throws(ClientError) {
        try telling(try file.write(bytes, at: count))
        count += bytes.count
    }

    /// Gives the file its name, durably. Throws `alreadyExists` where somebody else has taken it and
    /// it is not to be replaced.
    func finish(replacing: Bool) throws(ClientError) {
        try LocalFile.publish(file, as: target, replacing: replacing)
    }

    private func telling<Result>(
        _ body: @autoclosure () throws(SystemError) -> Result
    ) throws(ClientError) -> Result {
        try LocalFile.telling(.cannotWrite, target, try body())
    }
}

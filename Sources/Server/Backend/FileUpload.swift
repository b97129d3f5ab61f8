import Cryptography
import Files
import NIOCore
import Platform
import Primitives
import Roles

/// Takes plaintext as it comes, seals it, and has the chunks kept: what the backend does for a browser.
struct FileUpload {
    private let store: StoreService
    private let user: PeerID
    private let masterKey: MasterKey
    private let id: FileID
    private let key: SecretKey
    private var sealer: FileSealer

    /// Chunks of one upload under way at once.
    private static let windowSize = 8

    init(
        name: String, chunkSize: ChunkSize, store: StoreService, user: PeerID, masterKey: MasterKey
    ) {
        self.store = store
        self.user = user
        self.masterKey = masterKey
        id = .random()
        key = SystemRandom.key()
        sealer = FileSealer(name: name, fileID: id, fileKey: key, chunkSize: chunkSize)
    }

    /// Reads the whole body through `parts` and commits the file. Returns its id and manifest.
    mutating func run(
        _ parts: (_ take: (ByteBuffer) async throws -> Void) async throws -> Void
    ) async throws -> (id: FileID, manifest: Manifest) {
        let (store, user) = (store, user)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            var sealer = self.sealer
            var underWay = 0
            func put(_ chunk: SealedChunk) async throws {
                if underWay == Self.windowSize {
                    try await group.next()
                    underWay -= 1
                }
                underWay += 1
                group.addTask { try await store.put(chunk.id, chunk.bytes, by: user) }
            }
            try await parts { buffer in
                var ready: [SealedChunk] = []
                try buffer.withUnsafeReadableBytes { bytes in
                    try sealer.append(bytes) { (chunk) throws(FilesError) in ready.append(chunk) }
                }
                for chunk in ready { try await put(chunk) }
            }
            let (last, manifest) = try sealer.finish()
            try await put(last)
            try await group.waitForAll()
            try await commit(manifest)
            return (id, manifest)
        }
    }

    private func commit(_ manifest: Manifest) async throws {
        try await store.commit(
            .init(
                file: id, chunks: manifest.chunks,
                sealedManifest: manifest.sealed(under: key, for: id),
                wrappedKey: masterKey.wrap(key, for: id)), by: user)
    }
}

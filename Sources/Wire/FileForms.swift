package import Primitives

/// A file as its owner sees it in an open session.
package struct FileForm: Hashable, Sendable, Codable {
    package var id: FileID
    package var name: String
    package var size: UInt64
    /// The SHA-256 of the file's bytes.
    package var sha256: Hash256
    /// How many chunks it has.
    package var chunks: Int
    /// The bytes of each chunk but the last.
    package var chunkSize: Int
    /// `WireTime`.
    package var created: String
    /// How many replicas its chunks have; told for one file, not in lists.
    package var redundancy: Redundancy?

    package struct Redundancy: Hashable, Sendable, Codable {
        /// How many replicas each chunk is to have.
        package var target: Int
        /// How many the worst off has.
        package var least: Int

        package init(target: Int, least: Int) {
            self.target = target
            self.least = least
        }
    }

    package init(
        id: FileID, name: String, size: UInt64, sha256: Hash256, chunks: Int, chunkSize: Int,
        created: String, redundancy: Redundancy? = nil
    ) {
        self.id = id
        self.name = name
        self.size = size
        self.sha256 = sha256
        self.chunks = chunks
        self.chunkSize = chunkSize
        self.created = created
        self.redundancy = redundancy
    }
}

/// The answer to `GET /api/files` in an open session: newest first.
package struct FileListForm: Hashable, Sendable, Codable {
    package var files: [FileForm]

    package init(files: [FileForm]) { self.files = files }
}

/// A file as the backend sees it: what only its owner can open.
package struct SealedFileForm: Hashable, Sendable, Codable {
    package var id: FileID
    /// The RFC 6962 root over its chunks; told for one file, not in lists.
    package var root: Hash256?
    /// How many chunks it has.
    package var chunks: Int
    /// `WireTime`.
    package var created: String
    package var sealedManifest: Base64
    package var wrappedKey: Base64

    package init(
        id: FileID, root: Hash256? = nil, chunks: Int, created: String, sealedManifest: Base64,
        wrappedKey: Base64
    ) {
        self.id = id
        self.root = root
        self.chunks = chunks
        self.created = created
        self.sealedManifest = sealedManifest
        self.wrappedKey = wrappedKey
    }
}

/// The answer to `GET /api/files?sealed=true`: newest first.
package struct SealedFileListForm: Hashable, Sendable, Codable {
    package var files: [SealedFileForm]

    package init(files: [SealedFileForm]) { self.files = files }
}

/// The body of `POST /api/files/{id}/commit`.
package struct CommitForm: Hashable, Sendable, Codable {
    /// The ids of the file's sealed chunks, in order.
    package var chunks: [ChunkID]
    package var sealedManifest: Base64
    package var wrappedKey: Base64

    package init(chunks: [ChunkID], sealedManifest: Base64, wrappedKey: Base64) {
        self.chunks = chunks
        self.sealedManifest = sealedManifest
        self.wrappedKey = wrappedKey
    }
}

/// The answer to a commit.
package struct FileIDForm: Hashable, Sendable, Codable {
    package var id: FileID

    package init(id: FileID) { self.id = id }
}

/// The body of `DELETE /api/files/{id}` in a sealed session: the chunks that go with the file, which
/// the backend cannot read from the manifest.
package struct DeleteForm: Hashable, Sendable, Codable {
    package var chunks: [ChunkID]

    package init(chunks: [ChunkID]) { self.chunks = chunks }
}

import Cryptography
import Files
import HTTPTypes
import Ledger
import Merkle
import Primitives
import Wire

/// A user's file whose manifest is open: what a session with the master key can see.
struct ReadableFile: Sendable {
    let id: FileID
    let created: Instant
    let manifest: Manifest
    private let opener: FileOpener
    /// Makes the proofs that each chunk is asked for with; nil until one is.
    private var tree: MerkleLog?

    /// Throws `damaged-file` where record and key do not belong together.
    init(_ record: FileRecord, since created: Instant, masterKey: MasterKey) throws(HTTPFailure) {
        id = record.file
        self.created = created
        do {
            let key = try masterKey.unwrap(record.wrappedKey, for: record.file)
            manifest = try Manifest(opening: record.sealedManifest, under: key, for: record.file)
            opener = FileOpener(manifest: manifest, fileID: record.file, fileKey: key)
        } catch {
            throw HTTPFailure(
                .conflict, "damaged-file",
                "The file's record does not open with your key: it was made by another program.")
        }
    }

    var form: FileForm {
        FileForm(
            id: id, name: manifest.name, size: manifest.size, sha256: manifest.contentHash,
            chunks: manifest.chunks.count, chunkSize: manifest.chunkSize.count,
            created: WireTime.text(created))
    }

    /// The proof that the chunk at an index is in the file.
    mutating func proof(of index: Int) -> InclusionProof {
        let tree =
            self.tree ?? MerkleLog(leafHashes: manifest.chunks.map { MerkleTree.leafHash($0) })
        self.tree = tree
        return tree.inclusionProof(of: index, size: manifest.chunks.count)
    }

    /// The plaintext of the chunk at an index.
    func open(_ sealed: [UInt8], at index: Int) throws(HTTPFailure) -> [UInt8] {
        try translating(
            try opener.open(SealedChunk(id: manifest.chunks[index], bytes: sealed), at: index),
            to: HTTPFailure(.badGateway, "damaged-chunk", "A chunk of the file does not open."))
    }
}

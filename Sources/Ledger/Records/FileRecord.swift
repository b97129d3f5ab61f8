package import Primitives

/// Tells an owner's files apart from others' without telling who owns them: a keyed hash that only
/// the owner can compute.
package struct OwnerTag: Hashable, Comparable, Sendable {
    package var hash: Hash256

    package init(_ hash: Hash256) { self.hash = hash }

    package static func < (a: OwnerTag, b: OwnerTag) -> Bool { a.hash < b.hash }
}

/// A file version was stored: all that its owner needs, besides their master key, to find, open and
/// check it.
package struct FileRecord: Equatable, Sendable {
    /// Whose file it is, to them alone.
    package var owner: OwnerTag
    /// The file version.
    package var file: FileID
    /// The RFC 6962 root over the ids of its chunks in order (`MerkleTree.root(ofChunks:)`).
    package var root: Hash256
    /// How many chunks the root stands for.
    package var chunkCount: UInt32
    /// Name, size, content hash and chunk ids, sealed with the file's key.
    package var sealedManifest: [UInt8]
    /// The file's key, wrapped by the owner's master key.
    package var wrappedKey: [UInt8]

    package init(
        owner: OwnerTag, file: FileID, root: Hash256, chunkCount: UInt32,
        sealedManifest: [UInt8], wrappedKey: [UInt8]
    ) {
        self.owner = owner
        self.file = file
        self.root = root
        self.chunkCount = chunkCount
        self.sealedManifest = sealedManifest
        self.wrappedKey = wrappedKey
    }
}

/// A file version was deleted by its owner. Its record stays in the ledger; its chunks are released.
package struct FileRemoval: Equatable, Sendable {
    /// Whose file it was.
    package var owner: OwnerTag
    /// The file version.
    package var file: FileID

    package init(owner: OwnerTag, file: FileID) {
        self.owner = owner
        self.file = file
    }
}

// MARK: - Coding

extension FileRecord {
    func write(to writer: inout ByteWriter) {
        writer.write(owner.hash)
        writer.write(file)
        writer.write(root)
        writer.write(chunkCount)
        writer.write(prefixed: sealedManifest)
        writer.write(prefixed: wrappedKey)
    }

    init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init(
            owner: OwnerTag(try reader.readHash()), file: try reader.readFileID(),
            root: try reader.readHash(), chunkCount: try reader.read(UInt32.self),
            sealedManifest: try reader.readPrefixed(), wrappedKey: try reader.readPrefixed())
    }
}

extension FileRemoval {
    func write(to writer: inout ByteWriter) {
        writer.write(owner.hash)
        writer.write(file)
    }

    init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init(owner: OwnerTag(try reader.readHash()), file: try reader.readFileID())
    }
}

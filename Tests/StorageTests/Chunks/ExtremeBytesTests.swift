import Cryptography
import Extremes
import Primitives
import Roles
import Storage
import Testing

/// Files of a chunk store with extremes in their fixed parts, by chance and with right checks.
struct ExtremeBytesTests {
    private static let samples = (1...2 as ClosedRange<UInt64>).map { Sample($0) }
    private static let data = "chunks/segments/00000001.data"
    private static let index = "chunks/segments/00000001.index"

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func fill() async throws {
        let store = try ChunkStore(path: folder.path(of: "chunks"))
        await store.keep(Self.samples)
        await store.close()
    }

    /// What a store finds where the bytes of a file from `start` on are these, and all of its chunks read.
    private func found(
        _ bytes: [UInt8], at start: Int, of file: String, without other: String?
    ) async throws -> [StoredChunk] {
        let copy = try folder.copy()
        var content = try folder.contents(of: file)
        content.replaceSubrange(start..<start + bytes.count, with: bytes)
        try copy.write(content, to: file)
        if let other { try copy.remove(other) }
        let store = try ChunkStore(path: copy.path(of: "chunks"))
        let found = await store.recoverChunks()
        for stored in found { _ = await store.read(stored.chunk) }
        store.delete(found.first?.chunk ?? Self.samples[0].chunk)
        await store.sync()
        await store.close()
        return found
    }

    private func bytes(_ value: UInt64) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    @Test(arguments: [(data, index), (index, data)], [false, true])
    func `what cannot be leaves what is whole as it is`(
        files: (changed: String, other: String), isAlone: Bool
    ) async throws {
        try await fill()
        let first = files.changed == Self.data ? 4_096 : 0
        for start in stride(from: 0, to: 140, by: 8) {
            for word in Extremes.words {
                let found = try await found(
                    bytes(word), at: first + start, of: files.changed,
                    without: isAlone ? files.other : nil)
                // A state that is neither may be taken for that of trash.
                let chunks = found.map { stored in
                    var stored = stored
                    stored.trashed = nil
                    return stored
                }
                #expect(chunks.allSatisfy { Self.samples.map(\.stored).contains($0) })
            }
        }
    }

    /// Where the numbers of a record are: what it counts as and what it has, whose it is, and when.
    @Test(arguments: [40, 48, 56], [(data, index), (index, nil)])
    func `a record whose check is right may say what it wants`(
        field: Int, files: (changed: String, without: String?)
    ) async throws {
        try await fill()
        let isData = files.changed == Self.data
        let content = try folder.contents(of: files.changed)
        let start = isData ? 4_096 : 56
        let salt = Array(content[16..<32]) + bytes(1)
        for word in Extremes.words {
            var fields = Array(content[start...].prefix(64))
            fields.replaceSubrange(field..<field + 8, with: bytes(word))
            let check = SHA256.hash(salt + bytes(4_096) + fields[8...]).prefix
            let found = try await found(
                fields + bytes(check), at: start, of: files.changed, without: files.without)
            #expect(found.allSatisfy { Instant.admitted ~= $0.stamp })
        }
    }
}

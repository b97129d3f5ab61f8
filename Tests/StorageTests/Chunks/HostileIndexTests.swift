import Cryptography
import Primitives
import Storage
import Testing

/// Index files whose checks are right and whose numbers are not.
struct HostileIndexTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let index = "chunks/segments/00000001.index"
    private static let samples = (1...3 as ClosedRange<UInt64>).map { Sample($0) }
    private static let extremes: [UInt64] = [
        0, 1, 1 << 31, 1 << 32, 1 << 62, 1 << 63 - 1, 1 << 63, .max - 1, .max,
    ]

    private func fill() async throws -> [UInt8] {
        let store = try ChunkStore(path: folder.path(of: "chunks"))
        await store.keep(Self.samples)
        await store.close()
        return try folder.contents(of: Self.index)
    }

    private func bytes(_ value: UInt64) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    /// The first half of a hash's words, as checks are made.
    private func check(_ checked: some Sequence<UInt8>) -> [UInt8] {
        bytes(SHA256.hash(Array(checked)).prefix)
    }

    /// What a store finds with this index file.
    private func expectAllFound(
        _ index: [UInt8], _ story: Comment, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try folder.write(index, to: Self.index)
        let store = try ChunkStore(path: folder.path(of: "chunks"))
        let found = await store.recoverChunks().count
        await store.close()
        #expect(found == Self.samples.count, story, sourceLocation: sourceLocation)
    }

    @Test(arguments: extremes, extremes)
    func `an end and a number of records that cannot be are those of a damaged file`(
        end: UInt64, records: UInt64
    ) async throws {
        var index = try await fill()
        index.replaceSubrange(32..<48, with: bytes(end) + bytes(records))
        index.replaceSubrange(48..<56, with: check(index[..<48]))
        try await expectAllFound(index, "end \(end), \(records) records")
    }

    @Test(arguments: extremes)
    func `a record that cannot be where it is said to be is a damaged one`(
        offset: UInt64
    ) async throws {
        var index = try await fill()
        let entry = 56..<56 + 80
        let salt = Array(index[16..<32]) + bytes(1)
        let fields = Array(index[entry])[8..<64]
        index.replaceSubrange(
            entry,
            with: bytes(offset) + fields + check(salt + bytes(offset) + fields)
                + index[entry].suffix(8))
        try await expectAllFound(index, "offset \(offset)")
    }
}

import Primitives
import Roles
import Storage
import Synchronization
import Testing

/// A run of writes, deletions and syncs, and what must be there afterwards.
struct Story {
    /// Acknowledged and not touched since.
    private(set) var kept: [ChunkID: Sample] = [:]
    /// Changed without a sync that ended: there or not.
    private(set) var open: Set<ChunkID> = []

    /// Fills several small segments and empties some of them.
    static func play(on store: ChunkStore) async -> Story {
        var story = Story()
        let samples = (0..<24).map { Sample(UInt64($0), byteCount: 1_500 + 200 * $0) }
        for (index, sample) in samples.enumerated() {
            await story.write(sample, to: store)
            if index % 4 == 3 { await story.sync(store) }
        }
        for sample in samples where sample.bytes.count % 3 != 0 { story.delete(sample, on: store) }
        await story.sync(store)
        for sample in samples.prefix(6) { await story.write(sample.stamped(2), to: store) }
        await story.sync(store)
        return story
    }

    private mutating func write(_ sample: Sample, to store: ChunkStore) async {
        guard await store.write(sample) == .written else { return }
        pending[sample.chunk] = .some(sample)
        open.insert(sample.chunk)
    }

    private mutating func delete(_ sample: Sample, on store: ChunkStore) {
        store.delete(sample.chunk)
        pending[sample.chunk] = .some(nil)
        open.insert(sample.chunk)
    }

    private mutating func sync(_ store: ChunkStore) async {
        await store.sync()
        for (chunk, sample) in pending { kept[chunk] = sample }
        pending = [:]
        open = []
    }

    private var pending: [ChunkID: Sample?] = [:]

    /// Opens what is left and compares.
    func check(_ store: ChunkStore, _ comment: String) async throws {
        let found = await store.recoverChunks()
        for stored in found where !open.contains(stored.chunk) {
            #expect(kept[stored.chunk]?.stored == stored, "\(comment): a chunk too many")
        }
        let chunks = Set(found.map(\.chunk))
        for chunk in kept.keys where !open.contains(chunk) {
            #expect(chunks.contains(chunk), "\(comment): lost")
        }
        for chunk in chunks {
            let read = await store.read(chunk)
            #expect(read == chunk, "\(comment): damaged")
        }
        await store.close()
    }
}

/// True once.
final class Once: Sendable {
    private let isTaken = Mutex(false)

    func take() -> Bool {
        isTaken.withLock { taken in
            defer { taken = true }
            return !taken
        }
    }
}

import Cryptography
import Primitives
import Roles
import Storage

/// Requests one at a time, each waited for.
extension Disk {
    func ask(_ request: DiskRequest) async -> DiskEvent {
        await withCheckedContinuation { continuation in
            perform([request]) { continuation.resume(returning: $0) }
        }
    }

    func recoverChunks() async -> [StoredChunk] {
        guard case .recoveredChunks(let chunks) = await ask(.recoverChunks) else { return [] }
        return chunks.sorted { $0.chunk < $1.chunk }
    }

    func write(_ sample: Sample) async -> DiskOutcome? {
        guard case .wrote(_, let outcome) = await ask(sample.write(token: 1)) else { return nil }
        return outcome
    }

    /// The name that the bytes have, which is the chunk's when they are intact.
    func read(_ chunk: ChunkID) async -> ChunkID? { await outcome(ofReading: chunk)?.name }

    /// Whether a read finds that the chunk is not what was written.
    func isDamaged(_ chunk: ChunkID) async -> Bool {
        if case .damaged? = await outcome(ofReading: chunk) { true } else { false }
    }

    /// Whether a read finds out nothing of the chunk.
    func isUnavailable(_ chunk: ChunkID) async -> Bool {
        if case .unavailable? = await outcome(ofReading: chunk) { true } else { false }
    }

    private func outcome(ofReading chunk: ChunkID) async -> ReadOutcome? {
        guard case .read(_, let outcome) = await ask(.read(token: 1, chunk)) else { return nil }
        return outcome
    }

    func delete(_ chunk: ChunkID) {
        perform([.delete(chunk)]) { _ in }
    }

    func setTrashed(_ chunk: ChunkID, since: Instant?) {
        perform([.setTrashed(chunk, since: since)]) { _ in }
    }

    func sync() async { _ = await ask(.sync(token: 1)) }

    /// Writes and syncs; all have to succeed.
    func keep(_ samples: [Sample]) async {
        for sample in samples { _ = await write(sample) }
        await sync()
    }
}

/// A chunk to be stored.
struct Sample: Sendable, Hashable {
    let bytes: [UInt8]
    let chunk: ChunkID
    var stamp: Int64
    var owner: UInt64

    init(_ number: UInt64, byteCount: Int = 300, stamp: Int64 = 1, owner: UInt64 = 7) {
        var random = RandomSource(seed: number, who: 1, purpose: 1)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount + 8)
        while bytes.count < byteCount {
            withUnsafeBytes(of: random.next()) { bytes += $0 }
        }
        self.init(payload: Array(bytes.prefix(byteCount)))
        self.stamp = stamp
        self.owner = owner
    }

    init(payload: [UInt8]) {
        bytes = payload
        chunk = ChunkID(SHA256.hash(payload))
        stamp = 1
        owner = 7
    }

    var stored: StoredChunk {
        StoredChunk(
            chunk: chunk, byteCount: bytes.count, owner: PeerID(owner),
            stamp: Instant(nanoseconds: stamp))
    }

    var payload: Payload { Payload(bytes: bytes, byteCount: bytes.count) }

    func write(token: UInt64) -> DiskRequest { .write(token: token, stored, payload) }

    func stamped(_ stamp: Int64) -> Sample {
        var copy = self
        copy.stamp = stamp
        return copy
    }
}

extension ReadOutcome {
    /// The name that the bytes have; nil when there are none.
    var name: ChunkID? {
        guard case .bytes(let payload) = self else { return nil }
        return ChunkID(SHA256.hash(payload.bytes))
    }
}

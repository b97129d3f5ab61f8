import Cryptography
import Primitives
import Roles
import Testing

@testable import Simulation

/// The chunk store on a file system of which a crash keeps any subset of what was not synced.
struct SegmentDiskTests {
    private var disk: SegmentDisk
    private static let chunks = (0..<12).map { [UInt8](repeating: UInt8($0), count: 3_000) }

    init() {
        var speed = DiskSettings()
        speed.segmentBytes = 8_192
        disk = SegmentDisk(speed: speed, seed: 1)
    }

    /// Carries out requests and all that comes of them.
    @discardableResult
    private mutating func ask(_ requests: DiskRequest...) -> [DiskEvent] {
        var events: [DiskEvent] = []
        for request in requests {
            var outcomes = disk.perform(request, at: .origin)
            while disk.volume.hasPower, !outcomes.isEmpty {
                switch outcomes.removeFirst() {
                case .reports(let event, _): events.append(event)
                case .goesOn(let step, _): outcomes += disk.goOn(step, at: .origin)
                }
            }
        }
        return events
    }

    private static func id(_ bytes: [UInt8]) -> ChunkID { ChunkID(SHA256.hash(bytes)) }

    private mutating func fill() { fill(Self.chunks) }

    private mutating func fill(_ chunks: some Sequence<[UInt8]>) {
        for bytes in chunks {
            let stored = StoredChunk(
                chunk: Self.id(bytes), byteCount: bytes.count, owner: PeerID(1), stamp: .origin)
            ask(.write(token: 1, stored, Payload(bytes: bytes, byteCount: bytes.count)))
        }
        ask(.sync(token: 2))
    }

    private mutating func found() -> [ChunkID] {
        guard case .recoveredChunks(let found)? = ask(.recoverChunks).first else { return [] }
        return found.map(\.chunk)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    mutating func `what was deleted durably stays away, whichever names and blocks last`(
        seed: UInt64
    ) {
        ask(.recoverChunks)
        fill()
        disk.shut()
        #expect(found().count == Self.chunks.count)
        for bytes in Self.chunks { ask(.delete(Self.id(bytes))) }
        ask(.sync(token: 3))
        disk.crash(keepingSome: seed)
        #expect(found() == [])
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    mutating func `what was synced stays, wherever the power fails in what comes after`(
        seed: UInt64
    ) {
        ask(.recoverChunks)
        fill()
        let kept = Self.chunks.suffix(3).map(Self.id).sorted()
        let before = disk.volume.changes
        var count = 0
        while disk.volume.hasPower {
            var copy = self
            copy.disk.volume.failsAfter = before + count
            copy.disk.failureSeed = seed
            for bytes in Self.chunks.dropLast(3) { copy.ask(.delete(Self.id(bytes))) }
            copy.ask(.sync(token: 3))
            let isDone = copy.disk.volume.hasPower
            copy.disk.crash(keepingSome: seed)
            let found = copy.found()
            #expect(Set(found).isSuperset(of: kept), "power failed before change \(count)")
            #expect(!isDone || found.sorted() == kept)
            guard !isDone else { break }
            count += 1
        }
        #expect(count > 10)
    }

    @Test mutating func `a segment whose index could not be marked takes no more`() {
        var speed = DiskSettings()
        speed.segmentBytes = 131_072
        disk = SegmentDisk(speed: speed, seed: 1)
        ask(.recoverChunks)
        fill(Self.chunks.prefix(3))
        disk.shut()
        // The segment is small, so that it would be opened again.
        #expect(found().count == 3)
        disk.volume.refusesReads = true
        ask(.delete(Self.id(Self.chunks[0])))
        disk.volume.refusesReads = false
        for bytes in Self.chunks[3..<5] { fill([bytes]) }
        disk.crash()
        #expect(found().sorted() == Self.chunks[1..<5].map(Self.id).sorted())
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    mutating func `folders whose syncs were refused at first are durable before anything is kept`(
        seed: UInt64
    ) {
        disk = SegmentDisk(speed: DiskSettings(), seed: seed)
        disk.volume.reliability.failing = 0.5
        ask(.recoverLog)
        disk.volume.reliability.failing = 0
        ask(.recoverChunks)
        fill()
        disk.crash()
        #expect(found().sorted() == Self.chunks.map(Self.id).sorted())
    }
}

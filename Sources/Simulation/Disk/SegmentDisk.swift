import Observation
package import Primitives
package import Roles
package import Segments

/// A simulated volume, and a table that nobody else has.
package struct SimulatedMedium: Medium {
    /// Whoever runs the disk.
    package typealias Caller = Void

    package var files: SimulatedVolume
    private var table: ChunkTable<SimulatedVolume.File>

    init(_ files: SimulatedVolume, mostFiles: Int) {
        self.files = files
        table = ChunkTable(mostFiles: mostFiles)
    }

    package mutating func withTable<Result: Sendable>(
        _ body: (inout ChunkTable<SimulatedVolume.File>) -> Result
    ) -> Result {
        body(&table)
    }
}

/// A node's simulated disk on which it keeps its chunks as real nodes do: the chunk store on a simulated
/// volume, and how long that takes.
package struct SegmentDisk: Sendable {
    /// What it does of itself, once it is time.
    package enum Step: Sendable {
        case sync, retry
    }

    /// What comes of a request or a step.
    package enum Outcome: Sendable {
        case reports(DiskEvent, at: Instant)
        case goesOn(Step, at: Instant)
    }

    private static let path = "chunks"
    private static let retryDelay = Duration.seconds(1)

    package private(set) var store: SegmentStore<SimulatedMedium>
    private var underWay: SyncWork<SimulatedVolume.File>?
    private var isOpen = false
    /// Errors of its volume that the observer was told of.
    private var toldErrors = 0
    private let limits: ChunkStoreLimits
    /// How long everything takes.
    var time: ChunkDisk
    /// What lasts of what was not synced, where the power fails in the middle of something.
    var failureSeed: UInt64?

    package init(speed: DiskSettings, seed: UInt64) {
        var limits = ChunkStoreLimits()
        limits.segmentBytes = speed.segmentBytes
        limits.compaction = speed.segmentBytes / 4
        limits.compactionStep = speed.segmentBytes / 4
        self.limits = limits
        time = ChunkDisk(capacityBytes: 0, speed: speed)
        store = Self.store(on: SimulatedVolume(seed: seed), limits)
    }

    private static func store(
        on volume: SimulatedVolume, _ limits: ChunkStoreLimits
    ) -> SegmentStore<SimulatedMedium> {
        SegmentStore(
            path: path, on: SimulatedMedium(volume, mostFiles: limits.openSegments), limits: limits)
    }

    package var volume: SimulatedVolume {
        _read { yield store.medium.files }
        _modify { yield &store.medium.files }
    }

    mutating func holds(_ chunk: ChunkID) -> Bool { store.payload(of: chunk) != nil }

    // MARK: Requests

    package mutating func perform(_ request: DiskRequest, at now: Instant) -> [Outcome] {
        if !isOpen { isOpen = (try? store.open()) != nil }
        var effects: [SegmentStore<SimulatedMedium>.Effect] = []
        store.perform(CollectionOfOne((request: request, caller: ())), effects: &effects)
        var bytes = 0
        if case .write(_, _, let payload) = request { bytes = payload.byteCount }
        return outcomes(of: effects, writing: bytes, at: now)
    }

    /// A step that it wanted is due.
    package mutating func goOn(_ step: Step, at now: Instant) -> [Outcome] {
        var effects: [SegmentStore<SimulatedMedium>.Effect] = []
        switch step {
        case .sync: finishSync(effects: &effects)
        case .retry: store.retry(effects: &effects)
        }
        return outcomes(of: effects, at: now)
    }

    private mutating func finishSync(effects: inout [SegmentStore<SimulatedMedium>.Effect]) {
        guard let work = underWay else { return }
        underWay = nil
        let failures = work.run(on: &volume)
        store.finishSync(failures, effects: &effects)
    }

    private mutating func outcomes(
        of effects: [SegmentStore<SimulatedMedium>.Effect], writing bytes: Int = 0, at now: Instant
    ) -> [Outcome] {
        var outcomes: [Outcome] = []
        for effect in effects {
            switch effect {
            case .report(let event, _):
                outcomes.append(.reports(event, at: end(of: event, writing: bytes, now)))
            case .read(let token, let location, _):
                let outcome = location.map { store.medium.read($0, in: store.folder) } ?? .damaged
                let event = DiskEvent.read(token: token, outcome)
                outcomes.append(.reports(event, at: end(of: event, writing: 0, now)))
            case .sync(let work):
                underWay = work
                outcomes.append(.goesOn(.sync, at: time.startSync(at: now)))
            case .retryLater: outcomes.append(.goesOn(.retry, at: now + Self.retryDelay))
            case .closed: break
            }
        }
        return outcomes
    }

    /// When what it reports is done, as with the quick model.
    private mutating func end(of event: DiskEvent, writing bytes: Int, _ now: Instant) -> Instant {
        switch event {
        case .recoveredChunks(let chunks):
            time.finish(bytes: 0, at: now) + .microseconds(10) * chunks.count
        case .read(_, .bytes(let payload)): time.finish(bytes: payload.byteCount, at: now)
        case .wrote: time.finish(bytes: bytes, at: now)
        case .read: time.finish(bytes: 0, at: now)
        case .synced, .recoveredLog, .readBlock: now
        }
    }

    // MARK: What befalls it

    /// Its process ends and its volume loses power: see `SimulatedVolume.crash`.
    package mutating func crash(keepingSome seed: UInt64? = nil) {
        var volume = volume
        volume.crash(keepingSome: volume.hasPower ? seed : failureSeed)
        restart(on: volume)
        time.crash()
    }

    private mutating func restart(on volume: SimulatedVolume) {
        store = Self.store(on: volume, limits)
        underWay = nil
        isOpen = false
    }

    /// A fault strikes a chunk.
    mutating func suffer(_ damage: DiskContents.Damage, to chunk: ChunkID) {
        // A copy, since a disk of one who is down was not read back.
        var reader = self
        if reader.store.payload(of: chunk) == nil {
            _ = reader.perform(.recoverChunks, at: .origin)
        }
        guard let (path, bytes) = reader.store.payload(of: chunk), !bytes.isEmpty else { return }
        let isUp = store.payload(of: chunk) != nil
        switch damage {
        case .rot(let position):
            volume.rot(path, at: bytes.lowerBound + Int(position % UInt64(bytes.count)))
        case .loss:
            volume.rot(path, at: bytes.lowerBound)
            let (places, dead) = isUp ? store.lose(chunk) : reader.store.lose(chunk)
            for place in places { volume.overwrite(place.path, at: place.offset, with: dead) }
        }
    }

    /// What is found after a restart in order. Nil when the disk cannot be read back now.
    func audit() -> [DiskContents.Replica]? {
        var disk = self
        disk.shut()
        guard
            case .reports(.recoveredChunks(let found), _)? =
                disk.perform(.recoverChunks, at: .origin).first
        else { return nil }
        return found.map { stored in
            var payload: Payload?
            if case .reports(.read(_, .bytes(let bytes)), _)? =
                disk.perform(.read(token: 0, stored.chunk), at: .origin).first
            {
                payload = bytes
            }
            return DiskContents.Replica(stored: stored, found: payload)
        }
    }

    /// Whether its volume did otherwise than it said since this was asked.
    mutating func hasErred() -> Bool {
        defer { toldErrors = volume.silentErrors }
        return volume.silentErrors > toldErrors
    }

    /// Its process ends in order, and another one takes its place.
    package mutating func shut() {
        volume.reliability = DiskSettings()
        var effects: [SegmentStore<SimulatedMedium>.Effect] = []
        finishSync(effects: &effects)
        store.close(effects: &effects)
        while case .sync(let work)? = effects.last {
            effects = []
            underWay = work
            finishSync(effects: &effects)
        }
        restart(on: volume)
    }
}

package import Observation
package import Primitives
import Roles

/// Nodes that keep their chunks in the chunk store of real ones.
extension World {
    var keepsSegments: Bool { configuration.nodes.disk.store == .segments }

    func makeSegmentDisk(_ actor: UInt32) -> SegmentDisk {
        var stream = RandomSource(configuration.seed, of: UInt64(actor), .salt)
        return SegmentDisk(speed: configuration.nodes.disk, seed: stream.next())
    }

    mutating func applySegmentDisk(_ request: DiskRequest, _ actor: UInt32, _ slot: Int) {
        var disk = slot
        switch request {
        case .write(let token, _, _):
            let refused = environment.refusedWrite(actor)
            if refused == .failed {
                return follow([.reports(.wrote(token: token, .failed), at: now)], of: actor, slot)
            }
            segmentDisks[slot].volume.isFull = refused == .full
        case .read(let token, let chunk):
            disk = keeper(of: chunk, for: actor)
            let isRefused =
                environment.refusesRead(actor) || !environment[environment.nodeIndices[disk]].isUp
            guard !isRefused else {
                return complete(.read(token: token, .unavailable), of: actor, at: now)
            }
        case .delete, .setTrashed, .sync, .recoverChunks, .append, .recoverLog, .readBlock: break
        }
        trouble(disk)
        segmentDisks[slot].time.factor = environment.diskFactor(of: actor)
        let outcomes = segmentDisks[disk].perform(request, at: now)
        segmentDisks[slot].volume.isFull = false
        follow(outcomes, of: actor, slot)
    }

    /// A node's disk does of itself what it wanted to do now.
    mutating func chunksGoOn(_ actor: UInt32, _ step: SegmentDisk.Step, _ slot: Int) {
        trouble(slot)
        segmentDisks[slot].time.factor = environment.diskFactor(of: actor)
        follow(segmentDisks[slot].goOn(step, at: now), of: actor, slot)
    }

    /// What is wrong with a disk now.
    private mutating func trouble(_ slot: Int) {
        segmentDisks[slot].volume.reliability =
            environment.hasSettled ? DiskSettings() : configuration.nodes.disk
    }

    private mutating func follow(_ outcomes: [SegmentDisk.Outcome], of actor: UInt32, _ slot: Int) {
        guard segmentDisks[slot].volume.hasPower else { return losePower(actor) }
        for outcome in outcomes {
            switch outcome {
            case .reports(let event, let at):
                switch event {
                case .wrote(let token, let outcome):
                    environment.observer.wrote(token: token, outcome, by: actor, at: now)
                case .recoveredChunks(let found):
                    if segmentDisks[slot].volume.silentErrors > 0 { showDisk(of: actor) }
                    environment.observer.recovered(chunks: found, by: actor, at: now)
                case .read, .synced, .recoveredLog, .readBlock: break
                }
                complete(event, of: actor, at: at)
            case .goesOn(let step, let at):
                environment.queue.schedule(
                    .diskGoesOn(actor, epoch: environment[actor].epoch, .chunks(step)),
                    at: max(at, environment.diskHangsUntil(actor) ?? at))
            }
        }
        if segmentDisks[slot].hasErred() { showDamage(of: actor, slot) }
    }

    /// The power of a server failed in the middle of what its disk did, and comes back soon.
    mutating func losePower(_ actor: UInt32) {
        environment.losePower(actor)
        carryOutOrders()
    }

    /// Reads back the disks of nodes that run, as after they were stopped in order, and has the oracles
    /// compare them with what they know.
    mutating func auditSegments() {
        for slot in segmentDisks.indices {
            let actor = environment.nodeIndices[slot]
            guard environment[actor].isUp,
                environment.lie(of: actor) == nil, segmentDisks[slot].volume.silentErrors == 0,
                let found = segmentDisks[slot].audit()
            else { continue }
            environment.observer.audit(actor, found: found, at: now)
        }
    }
}

extension Environment {
    /// How long a node is without power whose power failed.
    static let powerCut = Duration.seconds(30)

    mutating func losePower(_ actor: UInt32) {
        if goDown(actor) { queue.schedule(.released(actor), at: now + Self.powerCut) }
    }
}

/// Whose disk loses its power in a search for crash points: by their place among those that the world
/// begins with.
package enum DiskOwner: Hashable, Sendable, CustomStringConvertible {
    case node(Int)
    case backend(Int)

    package var description: String {
        switch self {
        case .node(let slot): "node \(slot)"
        case .backend(let slot): "backend \(slot)"
        }
    }
}

/// What a search for crash points sees and does.
extension World {
    /// How often the volume of a node, or the ledger of a backend, was changed or synced.
    package func changes(of owner: DiskOwner) -> Int {
        switch owner {
        case .node(let slot): segmentDisks[slot].volume.changes
        case .backend(let slot): logDisks[slot].changes
        }
    }

    /// Has the power fail before the change after so many, once and for `powerCut`. `seed` decides what
    /// lasts of what was not synced.
    package mutating func failPower(
        of owner: DiskOwner, afterChanges count: Int, keeping seed: UInt64
    ) {
        switch owner {
        case .node(let slot):
            segmentDisks[slot].volume.failsAfter = count
            segmentDisks[slot].failureSeed = seed
        case .backend(let slot):
            logDisks[slot].failsAfter = count
            logDisks[slot].failureSeed = seed
        }
    }

    /// Plants a defect: what the syncs of a node's disk do instead.
    package mutating func plant(_ syncs: SimulatedVolume.Syncs, onNode slot: Int) {
        segmentDisks[slot].volume.syncs = syncs
    }

    /// What the oracles have found so far.
    package var violations: UInt64 { environment.observer.oracles.violations }
    package var oracleOutcomes: [OracleOutcome] { environment.observer.oracles.outcomes }

    /// Has the oracles look at every ledger and node, and read every disk back.
    package mutating func inspectDisks() {
        environment.observer.inspectLedgers(at: now)
        inspect()
        auditSegments()
    }

    /// When faults, churn and workload are over.
    package var settleStart: Instant { environment.settleStart }
}

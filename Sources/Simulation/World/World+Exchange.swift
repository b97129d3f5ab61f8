import Observation
import Primitives
import Roles

/// A disk that was put aside: for which fault, and whose.
struct KeptDisk: Hashable, Sendable {
    var fault: Int
    var actor: UInt32

    enum Content: Sendable {
        case chunks(ChunkDisk)
        case segments(SegmentDisk)
        case log(LogDisk)
    }
}

/// Disks that others take the place of, or that do otherwise than they say.
extension World {
    /// A copy of the disk of one who is down is put aside.
    mutating func keepDisk(of actor: UInt32, for fault: Int) {
        let slot = Int(environment[actor].slot)
        let content: KeptDisk.Content =
            environment[actor].kind == .backend
            ? .log(logDisks[slot])
            : keepsSegments ? .segments(segmentDisks[slot]) : .chunks(chunkDisks[slot])
        keptDisks[KeptDisk(fault: fault, actor: actor)] = content
    }

    /// One who is down has the disk that was put aside for a fault, or an empty one.
    mutating func exchangeDisk(of actor: UInt32, for fault: Int?) {
        let slot = Int(environment[actor].slot)
        switch fault.flatMap({ keptDisks[KeptDisk(fault: $0, actor: actor)] }) {
        case .log(let disk)?: logDisks[slot] = disk
        case .segments(let disk)?: segmentDisks[slot] = disk
        case .chunks(let disk)?: chunkDisks[slot] = disk
        case nil where environment[actor].kind == .backend:
            logDisks[slot] = LogDisk(speed: configuration.nodes.disk)
            logDisks[slot].isReplacement = true
            backends[slot] = makeBackend(slot)
        case nil:
            chunkDisks[slot] = ChunkDisk(
                capacityBytes: configuration.nodes.capacityBytes, speed: configuration.nodes.disk)
            if keepsSegments { segmentDisks[slot] = makeSegmentDisk(actor) }
        }
        showDisk(of: actor)
    }

    /// The folder of a node is an empty one, whatever the node does.
    mutating func replaceFolder(of actor: UInt32) {
        let slot = Int(environment[actor].slot)
        if keepsSegments {
            segmentDisks[slot].volume.replaceAll()
            environment.observer.brokeDisk(of: actor)
        } else {
            chunkDisks[slot].contents = DiskContents(
                capacityBytes: configuration.nodes.capacityBytes)
        }
        showDisk(of: actor)
    }

    /// What the disk of a node holds, as a restart would show.
    func contents(ofNode slot: Int) -> DiskContents {
        guard keepsSegments else { return chunkDisks[slot].contents }
        return DiskContents(
            capacityBytes: configuration.nodes.capacityBytes, segmentDisks[slot].audit() ?? [])
    }

    /// Tells the observer what a disk holds, which it cannot know.
    mutating func showDisk(of actor: UInt32) {
        let slot = Int(environment[actor].slot)
        if environment[actor].kind == .backend {
            environment.observer.exchanged(actor, for: logDisks[slot].contents, at: now)
        } else {
            environment.observer.exchanged(actor, for: contents(ofNode: slot), at: now)
        }
    }

    // MARK: Silent errors

    /// Whether a disk that errs silently does so now.
    mutating func errs(_ probability: Double, _ actor: UInt32) -> Bool {
        probability > 0 && !environment.hasSettled
            && environment[actor].mishapStream.chance(probability)
    }

    /// A write of the quick model, which has no bytes elsewhere, leaves a replica rotten where it was lost;
    /// one that was misdirected, another one besides.
    mutating func misplace(_ chunk: ChunkID, on actor: UInt32, _ slot: Int) {
        let disk = configuration.nodes.disk
        guard disk.hidesDamage else { return }
        if errs(disk.lostWrites, actor) { return rot(chunk, on: actor, slot) }
        guard errs(disk.misdirectedWrites, actor) else { return }
        let held = chunkDisks[slot].contents.inventory()
        rot(chunk, on: actor, slot)
        let other = environment[actor].mishapStream.below(held.count)
        rot(held[other].chunk, on: actor, slot)
    }

    private mutating func rot(_ chunk: ChunkID, on actor: UInt32, _ slot: Int) {
        // A bit that flips twice would be mended.
        guard chunkDisks[slot].contents.replicas[chunk]?.isIntact == true else { return }
        environment.observer.damaged(chunk, on: actor, .rot(at: 0), at: now)
        chunkDisks[slot].contents.suffer(.rot(at: 0), to: chunk)
    }

    /// The chunk store of a node that runs lies on a disk that erred: tells the observer of what that broke.
    mutating func showDamage(of actor: UInt32, _ slot: Int) {
        let found = contents(ofNode: slot).replicas
        let believed = environment.observer.nodes[slot].disk.replicas
        for chunk in believed.keys.sorted()
        where believed[chunk]?.isIntact == true && found[chunk]?.isIntact != true {
            environment.observer.damaged(chunk, on: actor, .rot(at: 0), at: now)
        }
    }
}

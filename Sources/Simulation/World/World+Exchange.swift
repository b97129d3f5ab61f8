import Observation
import Primitives

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

/// Disks that others take the place of.
extension World {
    /// A copy of the disk of one who is down is put aside.
    mutating func keepDisk(of actor: UInt32, for fault: Int) {
        let slot = Int(environment.participants[Int(actor)].slot)
        let content: KeptDisk.Content =
            environment.participants[Int(actor)].kind == .backend
            ? .log(logDisks[slot])
            : keepsSegments ? .segments(segmentDisks[slot]) : .chunks(chunkDisks[slot])
        keptDisks[KeptDisk(fault: fault, actor: actor)] = content
    }

    /// One who is down has the disk that was put aside for a fault, or an empty one.
    mutating func exchangeDisk(of actor: UInt32, for fault: Int?) {
        let slot = Int(environment.participants[Int(actor)].slot)
        switch fault.flatMap({ keptDisks[KeptDisk(fault: $0, actor: actor)] }) {
        case .log(let disk)?: logDisks[slot] = disk
        case .segments(let disk)?: segmentDisks[slot] = disk
        case .chunks(let disk)?: chunkDisks[slot] = disk
        case nil:
            chunkDisks[slot] = ChunkDisk(
                capacityBytes: configuration.nodes.capacityBytes, speed: configuration.nodes.disk)
            if keepsSegments { segmentDisks[slot] = makeSegmentDisk(actor) }
        }
        showDisk(of: actor)
    }

    /// What the disk of a node holds that is down.
    private func contents(ofNode slot: Int) -> DiskContents {
        guard keepsSegments else { return chunkDisks[slot].contents }
        return DiskContents(
            capacityBytes: configuration.nodes.capacityBytes, segmentDisks[slot].audit() ?? [])
    }

    /// Tells the observer what a disk holds, which it cannot know.
    mutating func showDisk(of actor: UInt32) {
        let slot = Int(environment.participants[Int(actor)].slot)
        if environment.participants[Int(actor)].kind == .backend {
            environment.observer.exchanged(actor, for: logDisks[slot].contents, at: now)
        } else {
            environment.observer.exchanged(actor, for: contents(ofNode: slot), at: now)
        }
    }
}

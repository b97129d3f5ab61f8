/// What the world itself does, as opposed to its participants. Participants stand by their index.
package enum WorldEvent: Sendable {
    case sessionEnds(UInt32)
    case sessionBegins(UInt32)
    case destroyed(UInt32)
    case joins(domain: UInt32, region: UInt32)
    case faultBegins(Int)
    case faultEnds(Int)
    /// The next arrival of a fault that strikes again and again.
    case faultStrikes(Int)
    /// A participant that a fault stopped may run again.
    case released(UInt32)
    case fill(Int)
    case workload(WorkloadKind)
    case sample
    case inspect
    case settle
    case readBack(user: UInt32, file: Int)
}

/// What users do of themselves, each at its own rate.
package enum WorkloadKind: UInt64, Sendable, CaseIterable {
    case read, write, delete, intrude
}

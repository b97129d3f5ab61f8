/// What happens to participants from outside, rather than of themselves. They stand by their index.
package enum EnvironmentEvent: Sendable {
    /// A node that joined begins to run.
    case starts(UInt32)
    /// A node's n-th session is over, or begins.
    case sessionEnds(UInt32, count: UInt64)
    case sessionBegins(UInt32, count: UInt64)
    /// A node's lifetime is over.
    case destroyed(UInt32)
    case joins(domain: UInt32, region: UInt8)
    case faultBegins(Int)
    case faultEnds(Int)
    /// A fault that strikes again and again does so.
    case faultStrikes(Int)
    /// Odd users ask for something.
    case oddity(Int)
    /// A participant that a fault stopped may run again.
    case released(UInt32)
    /// A user puts one of the files that the world begins with.
    case fill(Int)
    case workload(WorkloadKind)
    /// A server's disk does of itself what it wanted to do at this time.
    case diskGoesOn(UInt32, epoch: UInt32, DiskStep)
    case sample
    /// The oracles look at everything.
    case inspect
    case settle
    /// A user reads one of its files for the last time.
    case readBack(user: UInt32, file: Int)
}

extension EnvironmentEvent {
    /// What it is, in words without numbers.
    var name: String {
        switch self {
        case .starts: "a start"
        case .sessionEnds: "the end of a session"
        case .sessionBegins: "the beginning of a session"
        case .destroyed: "the end of a life"
        case .joins: "a node that joins"
        case .faultBegins, .faultEnds, .faultStrikes, .oddity: "a fault"
        case .diskGoesOn: "a disk that goes on"
        case .released: "a restart"
        case .fill, .workload, .readBack: "the workload"
        case .sample, .inspect: "an inspection"
        case .settle: "settling"
        }
    }
}

/// What users do of themselves, each at its own rate.
package enum WorkloadKind: UInt64, Sendable, CaseIterable {
    case read, write, delete, intrude, undelete
}

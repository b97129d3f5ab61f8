package import Observation
package import Primitives
package import Roles

/// What an environment wants of whoever runs the servers.
package enum ServerOrder: Sendable {
    /// A node joined, with an empty disk. It starts later.
    case join(UInt32)
    /// A server shall run, from what its disk holds.
    case start(ServerRun)
    /// It is cut off at once and lets go of its disk without tidying up.
    case crash(UInt32)
    /// It is gone for ever, and its disk with it.
    case destroy(UInt32)
    /// A copy of its disk is put aside for a fault.
    case keep(UInt32, Int)
    /// It finds the disk that was put aside for a fault when it starts again; an empty one without.
    case exchange(UInt32, Int?)
    /// A node's folder is an empty one from now on, while it runs.
    case replace(UInt32)
    /// A backend lacks its disk, and so refuses to run until it has it back.
    case unmount(UInt32)
    case mount(UInt32)
    /// A node's operator wants it to leave for good.
    case leave(UInt32)
    /// A fault strikes a chunk on a node's disk.
    case damage(UInt32, ChunkID, DiskContents.Damage)
    /// A disk does of itself what it wanted to do now.
    case diskGoesOn(UInt32, DiskStep)
    /// A user's request arrives at a backend.
    case deliver(Request, CallID, from: UInt32, to: UInt32)
    /// The observer wants to see every server that runs.
    case inspect
}

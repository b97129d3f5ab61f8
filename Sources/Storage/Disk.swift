package import Roles

/// Durable storage that a live host drives for its role.
///
/// Requests are carried out in their order as far as they touch the same chunk. Writes, deletions and
/// appends are volatile until a later sync has completed.
package protocol Disk: Sendable {
    /// Carries out requests. Each that has an outcome (a recovery, write, read or sync) calls
    /// `complete` once, from any thread and in any order; deletions and appends have none.
    func perform(_ requests: [DiskRequest], complete: @escaping @Sendable (DiskEvent) -> Void)

    /// Finishes what is under way, makes it durable, and lets go of all files. No request may follow.
    func close() async

    /// Lets go of everything as it stands, as if the process had been killed, and returns once nothing
    /// touches the files any more. No request may follow.
    func abandon() async
}

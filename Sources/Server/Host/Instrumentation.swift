package import Platform
package import Storage

/// What a run of a scenario puts between a server's role and its disk, network and clock, to watch and
/// to shape them: nothing, in any other server.
package struct Instrumentation: Sendable {
    /// Given the server's disk, the one that its role has.
    package var disk: @Sendable (any Disk) -> any Disk = { $0 }
    package var transport: @Sendable (any Transport) -> any Transport = { $0 }
    /// What a node's data folder is read and written by.
    package var files = FileSystem()
    package var clock: @Sendable (Clock) -> Clock = { $0 }
    /// For how many nanoseconds the process hangs from now on; nil where it does not.
    package var hangsFor: (@Sendable () -> Int64?)?
    /// Hears of everything before logs and metrics do.
    package var observe: @Sendable (HostObservation) -> Void = { _ in }

    package init() {}

    func observing(_ observer: Observer) -> @Sendable (HostObservation) -> Void {
        let (first, second) = (observe, observer.observe)
        return { observation in
            first(observation)
            second(observation)
        }
    }
}

package import Storage

/// What a run of a scenario puts between a server's role and its disk and network, to watch and to
/// shape both: nothing, in any other server.
package struct Instrumentation: Sendable {
    /// Given the server's disk, the one that its role has.
    package var disk: @Sendable (any Disk) -> any Disk = { $0 }
    package var transport: @Sendable (any Transport) -> any Transport = { $0 }
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

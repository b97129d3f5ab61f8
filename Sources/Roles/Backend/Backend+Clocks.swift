package import Primitives

/// The clocks of others. What a member may do until a certain time is said by its own clock: else one
/// whose clock is ahead would refuse it all, and one whose clock is behind would do it when the backend
/// has long given it up.
extension Backend {
    /// A member's answer told what its clock shows.
    mutating func heard(
        clock time: Instant?, of member: Int, at now: Instant, effects: inout Effects
    ) {
        guard let time,
            let ahead = members[member].clock.showed(time, at: clock.shown(at: now))
        else { return }
        effects.note(.clockDiffers(members[member].peer, ahead: ahead))
    }

    /// A discovery's answer did.
    mutating func heard(
        clock time: Instant?, ofDiscovery slot: Int, at now: Instant, effects: inout Effects
    ) {
        guard let time,
            let ahead = members.feeds[slot].clock.showed(time, at: clock.shown(at: now))
        else { return }
        effects.note(.clockDiffers(discoveries[slot], ahead: ahead))
    }

    /// The end of a time that begins now, by a member's clock.
    func end(of lifetime: Duration, at now: Instant, on member: Int) -> Instant {
        members[member].clock.shows(at: clock.shown(at: now)) + lifetime
    }

    /// The largest difference between the clock of somebody who is there and one's own.
    package var largestClockDifference: Duration {
        let present = members.all.lazy.filter { $0.standing.status == .alive }.map(\.clock)
        return max(
            present.largestDifference, members.feeds.lazy.map(\.clock).largestDifference)
    }

    /// What is known of the discoveries' clocks, in the order in which they were given.
    package var discoveryClocks: [ClockReading] { members.feeds.map(\.clock) }
}

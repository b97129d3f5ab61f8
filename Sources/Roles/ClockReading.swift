package import Primitives

/// What is known of somebody else's clock, from what it showed in answers.
package struct ClockReading: Sendable, Equatable {
    /// How far it was ahead of one's own when it was last told, less the time that the answer travelled;
    /// negative where it was behind, nil while it was never told.
    package private(set) var ahead: Duration?
    private var isOff = false

    package init() {}

    /// A difference of which somebody is told: well beyond what answers travel, and below that at which
    /// servers refuse each other.
    package static let bound = Duration.seconds(5)
    /// What is allowed for at most.
    private static let most = Duration.days(1)

    /// Takes what it showed in an answer that has just arrived. Returns the difference where somebody
    /// should be told of it: once, until it is well below the bound again.
    mutating func showed(_ time: Instant, at now: Instant) -> Duration? {
        let ahead = time - now
        self.ahead = ahead
        let difference = max(ahead, .zero - ahead)
        if isOff {
            isOff = difference > Self.bound / 2
            return nil
        }
        isOff = difference > Self.bound
        return isOff ? ahead : nil
    }

    /// What it shows when one's own shows `time`, as far as is known, or a little less.
    func shows(at time: Instant) -> Instant {
        time + min(max(ahead ?? .zero, .zero - Self.most), Self.most)
    }
}

extension Sequence<ClockReading> {
    /// The largest difference of any clock from one's own.
    package var largestDifference: Duration {
        reduce(.zero) { most, reading in
            let ahead = reading.ahead ?? .zero
            return Swift.max(most, ahead, .zero - ahead)
        }
    }
}

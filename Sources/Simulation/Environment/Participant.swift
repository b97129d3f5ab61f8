package import Observation
import Primitives

/// One discovery, backend, user or node, apart from its role.
package struct Participant: Sendable {
    package let kind: ParticipantKind
    /// Index among its kind.
    package let slot: UInt32
    package let region: UInt8
    package let domain: UInt32
    /// How many reasons keep it from running; it runs when there are none.
    package var downReasons: UInt8 = 0
    /// It will never run again; its data is gone.
    package var isGone = false
    /// Some condition concerns it.
    var isAfflicted = false
    /// Its present run. Timers and disk operations of former runs mean nothing.
    package var epoch: UInt32 = 0

    var roleStream: RandomSource
    var latencyStream: RandomSource
    var mishapStream: RandomSource

    /// When its uplink and downlink are free for the next payload.
    var uplinkFree = Instant.origin
    var downlinkFree = Instant.origin
    /// When it has handled what was sent to it so far.
    var handled = Instant.origin

    @inlinable
    package var isUp: Bool { downReasons == 0 && !isGone }

    /// Whether one of its runs goes on.
    @inline(__always)
    func runs(_ epoch: UInt32) -> Bool { self.epoch == epoch && isUp }

    init(
        kind: ParticipantKind, slot: UInt32, region: UInt8, domain: UInt32, index: UInt64,
        seed: UInt64
    ) {
        self.kind = kind
        self.slot = slot
        self.region = region
        self.domain = domain
        (roleStream, latencyStream, mishapStream) = Self.streams(of: index, seed: seed)
    }

    /// Draws from now on as a participant of a world with another seed would.
    mutating func reseed(_ seed: UInt64, index: UInt64) {
        (roleStream, latencyStream, mishapStream) = Self.streams(of: index, seed: seed)
    }

    private static func streams(
        of index: UInt64, seed: UInt64
    ) -> (role: RandomSource, latency: RandomSource, mishap: RandomSource) {
        (
            RandomSource(seed, of: index, .role), RandomSource(seed, of: index, .latency),
            RandomSource(seed, of: index, .mishap)
        )
    }
}

/// What a random stream of a world is for. With the seed and whom it belongs to, it names the stream.
enum Purpose: UInt64 {
    case role, latency, mishap
    case session, downtime, lifetime, replacement
    case identity, keys, content, size
    case fault, workload
    case salt

    /// Streams that belong to the world rather than to one participant.
    static let world = UInt64.max
}

extension RandomSource {
    init(_ seed: UInt64, of who: UInt64, _ purpose: Purpose) {
        self.init(seed: seed, who: who, purpose: purpose.rawValue)
    }
}

import Primitives

/// Who can reach whom, how long it takes, and what goes wrong on the way.
///
/// Latencies are looked up by region; there is no state per pair of participants. Control messages
/// pass at once beside transfers; payloads queue for the sender's uplink and the receiver's
/// downlink, in the order in which they are sent.
package struct Network: Sendable {
    /// One-way nanoseconds by sender's and receiver's region.
    private let betweenRegions: [Int64]
    private let regionCount: Int
    private let betweenZones: Int64
    private let withinZone: Int64
    private let settings: NetworkSettings
    /// Partitions and degradations in force, by fault.
    private(set) var disturbances: [Disturbance] = []

    /// A fault on the links of some participants.
    struct Disturbance: Sendable {
        var fault: Int
        /// By participant.
        var concerns: [Bool]
        /// Whose links with those it acts on: everybody else's where nil.
        var others: [Bool]?
        var effect: Effect

        enum Effect: Sendable {
            case cut(FaultSettings.Direction)
            case degrade(loss: Double, duplication: Double, latencyFactor: Double)
        }

        func concerns(_ actor: UInt32) -> Bool {
            Int(actor) < concerns.count && concerns[Int(actor)]
        }

        /// Whether it acts on what `far` has to do with one whom it concerns.
        func parts(from far: UInt32) -> Bool {
            guard let others else { return !concerns(far) }
            return Int(far) < others.count && others[Int(far)]
        }

        /// Whether it lets nothing pass.
        func cuts(from: UInt32, to: UInt32) -> Bool {
            guard case .cut(let direction) = effect else { return false }
            let isOutgoing = concerns(from) && parts(from: to)
            let isIncoming = concerns(to) && parts(from: from)
            return switch direction {
            case .both: isOutgoing || isIncoming
            case .outgoing: isOutgoing
            case .incoming: isIncoming
            }
        }
    }

    /// What becomes of a message.
    struct Passage: Sendable {
        var latency: Duration
        var isLost = false
        var isDoubled = false
        /// The fault that did it, if one did.
        var fault: Int?
    }

    init(_ configuration: WorldConfiguration) {
        settings = configuration.network
        let regions = configuration.topology.regions
        regionCount = regions.count
        betweenRegions = regions.flatMap { from in
            regions.map { to in RegionLatency.oneWay(from: from, to: to)?.nanoseconds ?? 0 }
        }
        betweenZones = RegionLatency.oneWay(withinZone: false).nanoseconds
        withinZone = RegionLatency.oneWay(withinZone: true).nanoseconds
    }

    mutating func begin(_ disturbance: Disturbance) { disturbances.append(disturbance) }

    mutating func end(fault: Int) { disturbances.removeAll { $0.fault == fault } }

    mutating func endAll() { disturbances = [] }

    /// Whether nothing passes now.
    func isCut(from: UInt32, to: UInt32) -> Bool {
        disturbances.contains { $0.cuts(from: from, to: to) }
    }

    /// Decides over one message. Latency and mishaps are drawn from the sender's streams.
    @inline(__always)
    func passage(
        from: UInt32, at sender: inout Participant, to: UInt32,
        at receiver: (region: UInt8, domain: UInt32)
    ) -> Passage {
        let base: Int64 =
            sender.region != receiver.region
            ? betweenRegions[Int(sender.region) * regionCount + Int(receiver.region)]
            : sender.domain == receiver.domain ? withinZone : betweenZones
        let factor = 1 + settings.jitter * sender.latencyStream.unit()
        var passage = Passage(latency: Duration(nanoseconds: Int64(Double(base) * factor)))
        if settings.loss > 0, sender.mishapStream.chance(settings.loss) { passage.isLost = true }
        if settings.duplication > 0, sender.mishapStream.chance(settings.duplication) {
            passage.isDoubled = true
        }
        if !disturbances.isEmpty { disturb(&passage, &sender, from, to) }
        return passage
    }

    private func disturb(
        _ passage: inout Passage, _ sender: inout Participant, _ from: UInt32, _ to: UInt32
    ) {
        for disturbance in disturbances {
            switch disturbance.effect {
            case .cut:
                guard disturbance.cuts(from: from, to: to) else { continue }
                passage.isLost = true
                passage.fault = disturbance.fault
            case .degrade(let loss, let duplication, let latencyFactor):
                guard disturbance.concerns(from) || disturbance.concerns(to) else { continue }
                passage.fault = disturbance.fault
                passage.latency = passage.latency.scaled(by: latencyFactor)
                if sender.mishapStream.chance(loss) { passage.isLost = true }
                if sender.mishapStream.chance(duplication) { passage.isDoubled = true }
            }
        }
    }
}

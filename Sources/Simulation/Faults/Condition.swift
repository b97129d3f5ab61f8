import Observation
package import Primitives
package import Roles

/// A state that a fault puts participants into for a while: what they then do, or what befalls what
/// they do. All of it that is not where it acts stands here.
package enum Condition: Equatable, Sendable {
    /// The process hangs: no time passes for it, and what arrives waits.
    case paused
    /// Its clock is off by `offset`, and gains `drift` seconds a second.
    case clock(offset: Duration, drift: Double)
    /// Payloads to and from it take this many times as long.
    case slowTransfers(factor: Double)
    /// Its disk refuses this share of reads, which says nothing of what is on it.
    case unreadableDisk(share: Double)
    /// Its disk takes no new chunk or block.
    case fullDisk
    /// Its process is out of descriptors or memory: what its disk is asked for is refused for now.
    case exhausted
    /// All that its disk does takes this many times as long.
    case slowDisk(factor: Double)
    /// Its disk finishes nothing; the process lives and its heartbeats go on.
    case hungDisk
    /// It deviates from the protocol.
    case lying(Lie)

    /// What a fault of this kind counts.
    var unit: String {
        switch self {
        case .paused: "inputs held up"
        case .clock: "inputs taken at a wrong time"
        case .slowTransfers: "transfers slowed"
        case .unreadableDisk: "reads refused"
        case .fullDisk: "writes refused"
        case .exhausted: "reads and writes refused"
        case .slowDisk: "disk operations slowed"
        case .hungDisk: "disk operations held up"
        case .lying: "lies told"
        }
    }

    /// Whether only reading a replica shows what it did.
    var hidesDamage: Bool {
        switch self {
        case .lying(let lie): lie.hidesDamage
        case .paused, .clock, .slowTransfers, .unreadableDisk, .fullDisk, .exhausted, .slowDisk,
            .hungDisk:
            false
        }
    }

    /// Whether servers on sockets and real disks can be in it as well. A backend's database is told to
    /// refuse nothing.
    func canBeReal(of selection: FaultSettings.Selection) -> Bool {
        switch self {
        case .paused, .clock, .slowTransfers, .slowDisk, .hungDisk: true
        case .unreadableDisk, .fullDisk, .exhausted: !selection.isOfBackends
        case .lying: false
        }
    }

    /// It has clocks be wrong.
    package var isOfClocks: Bool { if case .clock = self { true } else { false } }

    /// It has disks refuse or finish nothing.
    package var isOfDisks: Bool {
        switch self {
        case .unreadableDisk, .fullDisk, .exhausted, .slowDisk, .hungDisk: true
        case .paused, .clock, .slowTransfers, .lying: false
        }
    }

    /// Only storage nodes can be in it.
    package var isOfNodes: Bool {
        if case .lying(let lie) = self { lie.teller == .nodes } else { false }
    }

    /// Only those can be in it who tell such lies.
    package var teller: Lie.Teller? { if case .lying(let lie) = self { lie.teller } else { nil } }
}

/// The conditions in force.
struct Conditions: Sendable {
    struct Entry: Sendable {
        let fault: Int
        let condition: Condition
        let since: Instant
        /// For ever where nil.
        let until: Instant?
        let concerned: Set<UInt32>
    }

    private(set) var entries: [Entry] = []
    /// By who replays: the last answer of each kind.
    var said: [UInt32: [String: Answer]] = [:]
    /// By odd user: the chunk that it put last.
    var oddChunks: [UInt32: ChunkID] = [:]

    mutating func begin(_ entry: Entry) { entries.append(entry) }

    /// Ends that of a fault; returns whom it concerned.
    mutating func end(fault: Int) -> Set<UInt32> {
        let ended = entries.filter { $0.fault == fault }
        entries.removeAll { $0.fault == fault }
        return ended.reduce(into: []) { $0.formUnion($1.concerned) }
    }

    /// Ends all that were to end at some time.
    mutating func endAll() { entries.removeAll { $0.until != nil } }

    /// Whom a fault's condition concerns, in order.
    func concerned(by fault: Int) -> [UInt32] {
        entries.first { $0.fault == fault }?.concerned.sorted() ?? []
    }

    func concern(_ actor: UInt32) -> Bool { entries.contains { $0.concerned.contains(actor) } }

    /// What the first that fits says of a participant, and whose fault it is.
    func first<Value>(
        of actor: UInt32, _ extract: (Entry) -> Value?
    ) -> (value: Value, fault: Int)? {
        for entry in entries where entry.concerned.contains(actor) {
            if let value = extract(entry) { return (value, entry.fault) }
        }
        return nil
    }
}

/// Conditions while they act. Asked only of those whom one concerns.
extension Environment {
    mutating func begin(
        _ condition: Condition, _ fault: Int, lasting: Duration?, of chosen: [UInt32]
    ) {
        let until = lasting.map { min(now + $0, settleStart) }
        conditions.begin(
            .init(
                fault: fault, condition: condition, since: now, until: until,
                concerned: Set(chosen)))
        for actor in chosen { self[actor].isAfflicted = true }
        countDisturbances()
        if let until { queue.schedule(.faultEnds(fault), at: until) }
        guard case .lying(let lie) = condition else { return }
        // Who lies already goes on lying as before.
        for actor in chosen where self.lie(of: actor)?.fault == fault {
            observer.turnedLiar(
                actor, telling: lie.rawValue, keepsNothing: lie.keepsNothing,
                sharesReplicas: lie == .share, at: now)
        }
        if lie == .odd { askOddly(fault) }
    }

    mutating func endConditions(of fault: Int) {
        for actor in conditions.end(fault: fault) {
            self[actor].isAfflicted = conditions.concern(actor)
        }
    }

    mutating func endAllConditions() {
        conditions.endAll()
        for actor in participants.indices {
            participants[actor].isAfflicted = conditions.concern(UInt32(actor))
        }
    }

    /// What a condition of a participant says; its fault is counted as felt.
    mutating func felt<Value>(by actor: UInt32, _ extract: (Conditions.Entry) -> Value?) -> Value? {
        guard let (value, fault) = conditions.first(of: actor, extract) else { return nil }
        observer.felt(fault: fault)
        return value
    }

    /// Until when a participant hangs.
    package mutating func hangsUntil(_ actor: UInt32) -> Instant? {
        let now = now
        return felt(by: actor) {
            if case .paused = $0.condition, let until = $0.until, until > now { until } else { nil }
        }
    }

    /// The time by a participant's own clock, which shows none before the origin.
    package mutating func clock(of actor: UInt32) -> Instant {
        let now = now
        return felt(by: actor) { entry -> Instant? in
            guard case .clock(let offset, let drift) = entry.condition else { return nil }
            return max(.origin, now + offset + (now - entry.since).scaled(by: drift))
        } ?? now
    }

    /// How long a wait by a participant's clock takes.
    package func wait(_ duration: Duration, by actor: UInt32) -> Duration {
        let drift = conditions.first(of: actor) {
            if case .clock(_, let drift) = $0.condition { drift } else { nil }
        }
        return drift.map { duration.scaled(by: 1 / (1 + $0.value)) } ?? duration
    }

    /// What the transfers of a participant take longer.
    mutating func transferFactor(of actor: UInt32) -> Double {
        guard self[actor].isAfflicted else { return 1 }
        return felt(by: actor) {
            if case .slowTransfers(let factor) = $0.condition { factor } else { nil }
        } ?? 1
    }

    func lie(of actor: UInt32) -> (value: Lie, fault: Int)? {
        guard self[actor].isAfflicted else { return nil }
        return conditions.first(of: actor) {
            if case .lying(let lie) = $0.condition { lie } else { nil }
        }
    }

    // MARK: Disks

    package mutating func refusesRead(_ actor: UInt32) -> Bool {
        guard self[actor].isAfflicted else { return false }
        if let (lie, fault) = lie(of: actor), lie == .drop {
            observer.felt(fault: fault)
            return true
        }
        if isExhausted(actor) { return true }
        let share = conditions.first(of: actor) {
            if case .unreadableDisk(let share) = $0.condition { share } else { nil }
        }
        guard let share, self[actor].mishapStream.chance(share.value) else { return false }
        observer.felt(fault: share.fault)
        return true
    }

    /// What becomes of a write that a disk refuses; nil where it does not.
    package mutating func refusedWrite(_ actor: UInt32) -> DiskOutcome? {
        guard self[actor].isAfflicted else { return nil }
        if isExhausted(actor) { return .failed }
        return felt(by: actor) { $0.condition == .fullDisk ? .full : nil }
    }

    /// Whether it can open nothing.
    package mutating func isExhausted(_ actor: UInt32) -> Bool {
        felt(by: actor) { $0.condition == .exhausted ? true : nil } ?? false
    }

    /// What all that its disk does takes longer.
    package mutating func diskFactor(of actor: UInt32) -> Double {
        guard self[actor].isAfflicted else { return 1 }
        return felt(by: actor) {
            if case .slowDisk(let factor) = $0.condition { factor } else { nil }
        } ?? 1
    }

    package mutating func diskHangsUntil(_ actor: UInt32) -> Instant? {
        guard self[actor].isAfflicted else { return nil }
        return felt(by: actor) { $0.condition == .hungDisk ? $0.until : nil }
    }
}

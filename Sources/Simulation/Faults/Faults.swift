import Primitives

/// The declared faults: whom each concerns, and by which streams it draws.
struct Faults: Sendable {
    struct State: Sendable {
        let settings: FaultSettings
        /// Draws who is hit and when.
        var stream: RandomSource
        /// Participants that it concerns at present.
        var targets: [UInt32] = []
    }

    private(set) var states: [State]

    init(_ configuration: WorldConfiguration) {
        states = configuration.faults.map {
            State(settings: $0, stream: Self.stream(of: $0, seed: configuration.seed))
        }
    }

    mutating func reseed(_ seed: UInt64) {
        for fault in states.indices {
            states[fault].stream = Self.stream(of: states[fault].settings, seed: seed)
        }
    }

    /// Keyed by the fault's name: taking another fault away shifts nothing here.
    private static func stream(of settings: FaultSettings, seed: UInt64) -> RandomSource {
        // FNV-1a, 64 bits.
        let who = settings.name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        return RandomSource(seed: seed, who: who, purpose: Purpose.fault.rawValue)
    }

    subscript(fault: Int) -> State {
        get { states[fault] }
        _modify { yield &states[fault] }
    }

    /// The departures that send a participant away.
    func departures(of actor: UInt32) -> [Int] {
        states.indices.filter {
            guard case .departure = states[$0].settings.kind else { return false }
            return states[$0].targets.contains(actor)
        }
    }
}

extension FaultSettings.Kind {
    /// What a fault of this kind counts.
    package var unit: String {
        switch self {
        case .partition: "messages cut"
        case .outage, .crashes: "participants stopped"
        case .degradation: "messages disturbed"
        case .bitRot: "replicas rotted"
        case .lostChunks: "replicas lost"
        case .departure: "nodes left"
        case .emptied: "disks emptied"
        case .condition(let condition, _, _, _): condition.unit
        }
    }

    /// When it begins; faults that strike again and again have no such time.
    var begins: Duration? {
        switch self {
        case .partition(let at, _, _, _, _), .outage(let at, _, _),
            .degradation(let at, _, _, _, _, _), .departure(let at, _), .emptied(let at, _),
            .condition(_, let at, _, _):
            at
        case .crashes, .bitRot, .lostChunks: nil
        }
    }

    /// The law of the time between two strikes.
    var interval: Distribution? {
        switch self {
        case .crashes(let every, _, _), .bitRot(let every), .lostChunks(let every): every
        case .partition, .outage, .degradation, .departure, .emptied, .condition: nil
        }
    }
}

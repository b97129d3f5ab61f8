import Primitives

/// The declared faults: whom each concerns, and by which streams it draws.
struct Faults: Sendable {
    struct State: Sendable {
        let settings: FaultSettings
        /// Draws who is hit and when.
        var stream: RandomSource
        /// Participants that it concerns at present.
        var targets: [UInt32] = []
        /// It only looks how much there is to strike when it is due next.
        var onlyLooks = false
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
        RandomSource(seed, of: UInt64(namedBy: settings.name), .fault)
    }

    subscript(fault: Int) -> State {
        get { states[fault] }
        _modify { yield &states[fault] }
    }

    /// The departures that send a participant away.
    func departures(of actor: UInt32) -> [Int] {
        states.indices.filter {
            states[$0].settings.kind.sendsAway && states[$0].targets.contains(actor)
        }
    }
}

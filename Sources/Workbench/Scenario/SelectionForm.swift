import Simulation

/// The ways in which a fault says whom it concerns.
enum SelectionForm {
    static let keys: [ScenarioKey<[FaultSettings.Selection]>] = [
        ScenarioKey(
            kind: "domain", appendingTo: \.self, .count(0...9_999),
            "All nodes of a failure domain; the first is 0."
        ) { .domain($0) },
        ScenarioKey(
            kind: "region", appendingTo: \.self, .oneOf(RegionLatency.names),
            "Everybody in a region."
        ) { .region($0) },
        ScenarioKey(
            kind: "nodes", appendingTo: \.self, .count(1...100_000),
            "This many nodes, chosen at random."
        ) { .nodes($0) },
        ScenarioKey(
            kind: "backend", appendingTo: \.self, .count(0...99), "One backend; the first is 0."
        ) { .backend($0) },
        ScenarioKey(
            kind: "discovery", appendingTo: \.self, .count(0...99), "One discovery; the first is 0."
        ) { .discovery($0) },
    ]

    /// Those that need no parameter are written as a word.
    static let words: [(name: String, selection: FaultSettings.Selection, meaning: String)] = [
        ("backends", .backends, "All backends."), ("discoveries", .discoveries, "All discoveries."),
        ("users", .users, "All users."),
    ]

    static let allowed =
        #"{"domain": 0}, {"region": "tokyo"}, {"nodes": 5}, {"backend": 0}, {"discovery": 0}, "backends", "discoveries" or "users""#
}

extension ValueForm where Value == FaultSettings.Selection {
    static var selection: Self {
        Self(
            allowed: SelectionForm.allowed,
            read: { node, path, reader in
                if case .string(let text) = node.value {
                    let word = SelectionForm.words.first { $0.name == text }
                    if word == nil { reader.refuse(path, node, allowed: SelectionForm.allowed) }
                    return word?.selection
                }
                return reader.readOne(
                    node, path, keys: SelectionForm.keys, allowed: SelectionForm.allowed)
            },
            write: { $0.scenarioText })
    }
}

extension FaultSettings.Selection {
    /// The JSON that a scenario would hold for this choice.
    var scenarioText: String {
        switch self {
        case .domain(let index): #"{"domain": \#(index)}"#
        case .region(let name): #"{"region": "\#(name)"}"#
        case .nodes(let count): #"{"nodes": \#(count)}"#
        case .backends: #""backends""#
        case .backend(let slot): #"{"backend": \#(slot)}"#
        case .discovery(let slot): #"{"discovery": \#(slot)}"#
        case .users: #""users""#
        case .discoveries: #""discoveries""#
        }
    }
}

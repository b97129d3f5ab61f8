import Primitives
import Simulation

/// How the faults of a scenario are read and written: by the kinds in `FaultKind.all`.
enum FaultForms {
    /// A fault while it is read: a sound one ends with exactly one kind.
    struct Draft: Sendable {
        var name = ""
        var kinds: [FaultSettings.Kind] = []
    }

    static let name = ScenarioKey<Draft>(
        "name", \.name, .name, required: true, "Names the fault in reports; unique.")

    static let kinds = FaultKind.all.map { kind in
        ScenarioKey(
            kind: kind.name, appendingTo: \Draft.kinds, kind.keys,
            defaults: FaultKind.Parameters(), kind.meaning,
            oneOf: kind.oneOf,
            parts: { FaultKind.of($0).name == kind.name ? $0.parameters : nil }, make: kind.make)
    }

    private static let most = 1_000

    private static let allowed =
        #"a list of at most \#(most) faults such as {"name": "cut", "partition": {"at": "5d", "lasting": "1d", "of": {"domain": 2}}}"#

    static let list = ValueForm<[FaultSettings]>(
        allowed: allowed,
        read: { node, path, reader in
            guard case .array(let nodes) = node.value, nodes.count <= most else {
                reader.refuse(path, node, allowed: allowed)
                return nil
            }
            return nodes.enumerated().map { index, node in
                read(node, "\(path)[\(index)]", &reader)
            }
        },
        write: { faults in
            let texts = faults.map { fault in
                let draft = Draft(name: fault.name, kinds: [fault.kind])
                return ScenarioText.object(draft, Draft(), [name] + kinds)
            }
            return texts.isEmpty ? "[]" : "[\n    " + texts.joined(separator: ",\n    ") + "\n  ]"
        })

    /// A fault: its name, and one key that says what kind it is. A refused one is still returned, so
    /// that places in the list stay what they are in the file.
    private static func read(
        _ node: JSONNode, _ path: String, _ reader: inout ScenarioReader
    ) -> FaultSettings {
        var draft = Draft()
        if reader.readObject(node, path, keys: [name] + kinds, into: &draft) {
            let names = kinds.map(\.name)
            reader.requireOne(
                of: names, node, path, besides: [name.name],
                allowed: "\"name\" and one of \(names.joined(separator: ", "))")
        }
        return FaultSettings(
            name: draft.name, kind: draft.kinds.first ?? FaultKind.all[0].make(.init()))
    }
}

extension FaultKind {
    /// All parameters that any kind has.
    struct Parameters: Sendable {
        var at = Duration.zero
        var lasting = Duration.zero
        var of = FaultSettings.Selection.backends
        var from: FaultSettings.Selection?
        var direction = FaultSettings.Direction.both
        var loss = 0.0
        var duplication = 0.0
        var latencyFactor = 1.0
        var every = Distribution.constant(.zero)
        var downtime = Duration.zero
        var ahead = Duration.zero
        var behind = Duration.zero
        var drift = 0.0
        var factor = 2.0
        var share = 1.0
        var lie = Lie.drop
        var law: Distribution?
        var perByteYear: Double?
        var back: Duration?
        var kept = Duration.zero
    }

    // MARK: The keys of the kinds

    typealias Key = ScenarioKey<Parameters>
    private static let span = ValueForm.duration(.milliseconds(1)...ScenarioSchema.longest)

    static let at = Key(
        "at", \.at, .duration(.zero...ScenarioSchema.longest), required: true,
        "When, from the start.")
    static let lasting = Key("lasting", \.lasting, span, required: true, "For how long.")
    static let back = Key(
        "lasting", \.back, span, absent: "for good; backends need it",
        "After how long they have their own disk back.")
    static let kept = Key(
        "from", \.kept, .duration(.zero...ScenarioSchema.longest), required: true,
        "When the copy is made, from the start.")
    static let of = Key("of", \.of, .selection, required: true, "Which participants.")
    static let from = Key(
        "from", \.from, .selection, absent: "everybody else", "Whom they are parted from.")
    static let ahead = Key("ahead", \.ahead, shift, "How far they are ahead.")
    static let behind = Key("behind", \.behind, shift, "How far they are behind.")
    private static let shift = ValueForm.duration(.zero...Duration.days(366))
    static let drift = Key(
        "drift", \.drift, .number(-0.5...1), "Seconds that they gain in a second.")
    static let factor = Key("factor", \.factor, .number(1...10_000), "How many times as long.")
    static let share = Key("share", \.share, .probability, "Of reads, how many.")
    static let lie = Key(
        "lie", \.lie, .choice, required: true,
        "What they do. Nodes: keep nothing of what they acknowledge (drop), answer with other bytes (alter), keep one replica among them and answer for each other (share), say that sources lack what they were to copy (accuse), say that they copied what they did not (pretend), claim more room than there is (boast), answer no challenge (evade) or too late (delay), deny what they hold when inventories are compared (deny), claim chunks that nobody gave them (fabricate), give extreme numbers (extreme), claim each a failure domain of its own (relocate), say again what they said before (replay). Discoveries: tell of half the nodes (omit), say that all live (revive), that all are dead (bury), or that nothing changes (freeze), tell of nodes that there are not (invent), tell one asker that those are dead who it tells another live (conflict). Users: ask for the largest and oddest things (odd)."
    )
    static let direction = Key(
        "direction", \.direction, .choice,
        "Which messages are lost: both ways, what they send, or what is sent to them.")
    static let loss = Key("loss", \.loss, .probability, "Messages lost, on top.")
    static let duplication = Key(
        "duplication", \.duplication, .probability, "Messages that arrive twice, on top.")
    static let latencyFactor = Key(
        "latencyFactor", \.latencyFactor, .number(1...10_000), "What latencies are multiplied by.")
    static let every = Key(
        "every", \.every, .distribution, required: true, "The time from one to the next.")
    static let law = Key(
        "every", \.law, .distribution, absent: "by perByteYear", "The time from one to the next.")
    static let perByteYear = Key(
        "perByteYear", \.perByteYear, .number(0...1), absent: "by every",
        "Of each byte that is stored, how often a year of 365.25 days; instead of every.")
    static let downtime = Key(
        "downtime", \.downtime, span, required: true, "From a crash to the next start.")
}

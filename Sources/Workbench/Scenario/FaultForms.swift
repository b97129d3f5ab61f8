import Primitives
import Simulation

/// The kinds of faults that a scenario may declare, and the keys of each.
enum FaultForms {
    /// A fault while it is read: a sound one ends with exactly one kind.
    struct Draft: Sendable {
        var name = ""
        var kinds: [FaultSettings.Kind] = []
    }

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
    }

    static let name = ScenarioKey<Draft>(
        "name", \.name, .name, required: true, "Names the fault in reports; unique.")

    static let kinds: [ScenarioKey<Draft>] = [
        kind(
            "partition", [at, lasting, of, from, direction],
            "No message passes between the chosen participants and the others."
        ) {
            .partition(
                at: $0.at, lasting: $0.lasting, of: $0.of, from: $0.from, direction: $0.direction)
        },
        kind(
            "outage", [at, lasting, of],
            "The chosen participants are down; their disks keep what was synced."
        ) { .outage(at: $0.at, lasting: $0.lasting, of: $0.of) },
        kind(
            "crashes", [every, downtime, of],
            "The chosen participants crash and start again, over and over."
        ) { .crashes(every: $0.every, downtime: $0.downtime, of: $0.of) },
        kind(
            "degradation", [at, lasting, of, loss, duplication, latencyFactor],
            "Worse links for the chosen participants; give at least one of the last three."
        ) {
            .degradation(
                at: $0.at, lasting: $0.lasting, of: $0.of, loss: $0.loss,
                duplication: $0.duplication, latencyFactor: $0.latencyFactor)
        },
        kind("bitRot", [every], "One random stored replica has a byte flipped, this often.") {
            .bitRot(every: $0.every)
        },
        kind(
            "lostChunks", [every],
            "One random stored replica vanishes from its disk, its node unaware, this often."
        ) { .lostChunks(every: $0.every) },
        kind(
            "departure", [at, of],
            "The chosen nodes leave gracefully, handing over what they hold first."
        ) { .departure(at: $0.at, of: $0.of) },
        kind(
            "emptied", [at, of],
            "The chosen nodes restart with an empty disk in the place of theirs."
        ) { .emptied(at: $0.at, of: $0.of) },
        condition(
            "pause", [],
            "The chosen participants hang: no time passes for them, and what arrives waits."
        ) { _ in .paused },
        condition(
            "clock", [ahead, behind, drift],
            "The clocks of the chosen participants are wrong; give at least one of the last three."
        ) { .clock(offset: $0.ahead - $0.behind, drift: $0.drift) },
        condition(
            "slowTransfers", [factor],
            "Payloads to and from the chosen participants take longer, where their links have a speed."
        ) { .slowTransfers(factor: $0.factor) },
        condition(
            "unreadable", [share],
            "The disks of the chosen nodes refuse reads, which says nothing of what is on them."
        ) { .unreadableDisk(share: $0.share) },
        condition("fullDisk", [], "The disks of the chosen nodes take no new chunk.") { _ in
            .fullDisk
        },
        condition(
            "hungDisk", [],
            "The disks of the chosen nodes finish nothing, while their heartbeats go on."
        ) { _ in .hungDisk },
        kind(
            "liars", [at, of, lie],
            "The chosen nodes deviate from the protocol until the end, also while the world heals."
        ) { .condition(.lying($0.lie), at: $0.at, lasting: nil, of: $0.of) },
    ]

    private static func condition(
        _ name: String, _ keys: [ScenarioKey<Parameters>], _ meaning: String,
        make: @escaping @Sendable (Parameters) -> Condition
    ) -> ScenarioKey<Draft> {
        kind(name, [at, lasting, of] + keys, meaning) {
            .condition(make($0), at: $0.at, lasting: $0.lasting, of: $0.of)
        }
    }

    private static func kind(
        _ name: String, _ keys: [ScenarioKey<Parameters>], _ meaning: String,
        make: @escaping @Sendable (Parameters) -> FaultSettings.Kind
    ) -> ScenarioKey<Draft> {
        ScenarioKey(
            kind: name, appendingTo: \.kinds, keys, defaults: Parameters(), meaning,
            parts: { $0.scenarioName == name ? $0.parameters : nil }, make: make)
    }

    // MARK: The keys of the kinds

    private typealias Key = ScenarioKey<Parameters>
    private static let span = ValueForm.duration(.milliseconds(1)...ScenarioSchema.longest)

    private static let at = Key(
        "at", \.at, .duration(.zero...ScenarioSchema.longest), required: true,
        "When, from the start.")
    private static let lasting = Key("lasting", \.lasting, span, required: true, "For how long.")
    private static let of = Key("of", \.of, .selection, required: true, "Which participants.")
    private static let from = Key(
        "from", \.from, .selection, absent: "everybody else", "Whom they are parted from.")
    private static let ahead = Key("ahead", \.ahead, shift, "How far they are ahead.")
    private static let behind = Key("behind", \.behind, shift, "How far they are behind.")
    private static let shift = ValueForm.duration(.zero...Duration.days(366))
    private static let drift = Key(
        "drift", \.drift, .number(-0.5...1), "Seconds that they gain in a second.")
    private static let factor = Key(
        "factor", \.factor, .number(1...10_000), "How many times as long.")
    private static let share = Key("share", \.share, .probability, "Of reads, how many.")
    private static let lie = Key(
        "lie", \.lie, .choice, required: true,
        "What they do: keep nothing of what they acknowledge (drop), answer with other bytes (alter), say that sources lack what they were to copy (accuse), say that they copied what they did not (pretend), claim more room than there is (boast), or answer no challenge (evade)."
    )
    private static let direction = Key(
        "direction", \.direction, .choice,
        "Which messages are lost: both ways, what they send, or what is sent to them.")
    private static let loss = Key("loss", \.loss, .probability, "Messages lost, on top.")
    private static let duplication = Key(
        "duplication", \.duplication, .probability, "Messages that arrive twice, on top.")
    private static let latencyFactor = Key(
        "latencyFactor", \.latencyFactor, .number(1...10_000), "What latencies are multiplied by.")
    private static let every = Key(
        "every", \.every, .distribution, required: true, "The time from one to the next.")
    private static let downtime = Key(
        "downtime", \.downtime, span, required: true, "From a crash to the next start.")

    // MARK: The list

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
            name: draft.name, kind: draft.kinds.first ?? .bitRot(every: .constant(.zero)))
    }
}

extension FaultSettings.Kind {
    /// The key that declares a fault of this kind.
    var scenarioName: String {
        switch self {
        case .partition: "partition"
        case .outage: "outage"
        case .crashes: "crashes"
        case .degradation: "degradation"
        case .bitRot: "bitRot"
        case .lostChunks: "lostChunks"
        case .departure: "departure"
        case .emptied: "emptied"
        case .condition(.paused, _, _, _): "pause"
        case .condition(.clock, _, _, _): "clock"
        case .condition(.slowTransfers, _, _, _): "slowTransfers"
        case .condition(.unreadableDisk, _, _, _): "unreadable"
        case .condition(.fullDisk, _, _, _): "fullDisk"
        case .condition(.hungDisk, _, _, _): "hungDisk"
        case .condition(.lying, _, _, _): "liars"
        }
    }

    /// What its keys hold.
    var parameters: FaultForms.Parameters {
        var all = FaultForms.Parameters()
        all.at = begins ?? all.at
        all.lasting = lasting ?? all.lasting
        all.of = selection ?? all.of
        all.from = others
        switch self {
        case .partition(_, _, _, _, let direction): all.direction = direction
        case .crashes(let every, let downtime, _): (all.every, all.downtime) = (every, downtime)
        case .degradation(_, _, _, let loss, let duplication, let factor):
            (all.loss, all.duplication, all.latencyFactor) = (loss, duplication, factor)
        case .bitRot(let every), .lostChunks(let every): all.every = every
        case .condition(let condition, _, _, _): condition.write(into: &all)
        case .outage, .departure, .emptied: break
        }
        return all
    }

    /// Why a fault would do nothing; nil where it does something.
    var idleness: String? {
        switch self {
        case .degradation(_, _, _, loss: 0, duplication: 0, latencyFactor: 1):
            "degrades nothing; give loss, duplication or latencyFactor"
        case .condition(.clock(offset: .zero, drift: 0), _, _, _):
            "changes no clock; give ahead, behind or drift"
        case .partition, .outage, .crashes, .degradation, .bitRot, .lostChunks, .departure,
            .emptied, .condition:
            nil
        }
    }
}

extension Condition {
    fileprivate func write(into all: inout FaultForms.Parameters) {
        switch self {
        case .clock(let offset, let drift):
            (all.ahead, all.behind) = (max(offset, .zero), max(.zero - offset, .zero))
            all.drift = drift
        case .slowTransfers(let factor): all.factor = factor
        case .unreadableDisk(let share): all.share = share
        case .lying(let lie): all.lie = lie
        case .paused, .fullDisk, .hungDisk: break
        }
    }
}

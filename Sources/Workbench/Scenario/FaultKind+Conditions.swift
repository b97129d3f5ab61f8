import Primitives
import Simulation

/// Conditions that participants are in for a while.
extension FaultKind {
    static let conditions = [
        condition(
            "pause",
            "The chosen participants hang: no time passes for them, and what arrives waits.",
            make: { _ in .paused }, words: { _ in "hang" }),
        condition(
            "clock",
            "The clocks of the chosen participants are wrong; give at least one of the last three.",
            [ahead, behind, drift], make: { .clock(offset: $0.ahead - $0.behind, drift: $0.drift) },
            words: { fault in
                let shifts = [(fault.ahead, "ahead"), (fault.behind, "behind")]
                    .filter { $0.0 > .zero }.map { "\(Format.duration($0.0)) \($0.1)" }
                let gain = "gaining \(Format.number(fault.drift)) s a second"
                let errors = shifts + (fault.drift == 0 ? [] : [gain])
                return "with clocks \(errors.joined(separator: ", "))"
            },
            draw: { draw, fault in
                let offset = draw.span(.milliseconds(1), .days(2))
                if draw.coin() { fault.ahead = offset } else { fault.behind = offset }
                if draw.coin() { fault.drift = draw.number(0.00001...0.1) }
            },
            idleness: {
                $0.ahead == $0.behind && $0.drift == 0
                    ? "changes no clock; give ahead, behind or drift" : nil
            }),
        condition(
            "slowTransfers",
            "Payloads to and from the chosen participants take longer, where their links have a speed.",
            [factor], make: { .slowTransfers(factor: $0.factor) },
            words: { "with transfers that take \(Format.number($0.factor)) times as long" },
            draw: { $1.factor = $0.number(1.1...1_000) }),
        condition(
            "unreadable",
            "The disks of the chosen nodes refuse reads, which says nothing of what is on them; those of backends, to be read back at a start.",
            [share], make: { .unreadableDisk(share: $0.share) },
            words: { "refuse \(Format.share($0.share)) of reads" },
            draw: { draw, fault in if !draw.coin() { fault.share = draw.number(0.01...1) } }),
        condition(
            "exhausted",
            "The chosen nodes or backends are out of descriptors or memory: what their disks are asked for is refused for now.",
            make: { _ in .exhausted }, words: { _ in "out of descriptors" }),
        condition(
            "fullDisk", "The disks of the chosen nodes or backends take no new chunk or block.",
            make: { _ in .fullDisk }, words: { _ in "with full disks" }),
        condition(
            "slowDisk",
            "All that the disks of the chosen nodes or backends do takes longer.", [factor],
            make: { .slowDisk(factor: $0.factor) },
            words: { "with disks that take \(Format.number($0.factor)) times as long" },
            draw: { $1.factor = $0.number(1.1...1_000) }),
        condition(
            "hungDisk",
            "The disks of the chosen nodes or backends finish nothing, while all else of them goes on.",
            make: { _ in .hungDisk }, words: { _ in "with disks that hang" }),
        FaultKind(
            name: "liars", keys: [at, of, lie],
            meaning:
                "The chosen nodes, discoveries or users deviate from the protocol until the end, also while the world heals.",
            make: { .condition(.lying($0.lie), at: $0.at, lasting: nil, of: $0.of) },
            words: {
                "\($0.of.inWords) lie (\($0.lie.rawValue)) from \(Format.duration($0.at)) on"
            },
            draw: { draw, world, fault in
                fault.lie = draw.one(of: Lie.allCases)
                // A domain is told of once, by who comes.
                fault.at = fault.lie == .relocate ? .zero : draw.time(in: world).at
                fault.of =
                    switch fault.lie.teller {
                    case .nodes: draw.nodes(in: world)
                    case .discoveries: draw.discoveries(in: world)
                    case .users: .users
                    }
            }),
    ]

    /// One that lasts for a while. `words` say what the participants do, and `draw` all but when and whom.
    private static func condition(
        _ name: String, _ meaning: String, _ keys: [Key] = [],
        make: @escaping @Sendable (Parameters) -> Condition,
        words: @escaping @Sendable (Parameters) -> String,
        draw: @escaping @Sendable (inout Draw, inout Parameters) -> Void = { _, _ in },
        idleness: @escaping @Sendable (Parameters) -> String? = { _ in nil }
    ) -> FaultKind {
        FaultKind(
            name: name, keys: [at, lasting, of] + keys, meaning: meaning,
            make: { .condition(make($0), at: $0.at, lasting: $0.lasting, of: $0.of) },
            words: { "\($0.of.inWords) \(words($0)) \($0.span)" },
            draw: { random, world, fault in
                (fault.at, fault.lasting) = random.time(in: world)
                draw(&random, &fault)
                fault.of =
                    make(fault).isOfDisks ? random.disks(in: world) : random.selection(in: world)
            },
            idleness: idleness)
    }
}

extension Condition {
    /// What its keys hold.
    func note(in all: inout FaultKind.Parameters) {
        switch self {
        case .clock(let offset, let drift):
            (all.ahead, all.behind) = (max(offset, .zero), max(.zero - offset, .zero))
            all.drift = drift
        case .slowTransfers(let factor), .slowDisk(let factor): all.factor = factor
        case .unreadableDisk(let share): all.share = share
        case .lying(let lie): all.lie = lie
        case .paused, .fullDisk, .exhausted, .hungDisk: break
        }
    }
}

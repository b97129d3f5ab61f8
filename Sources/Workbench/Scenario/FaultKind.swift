import Primitives
import Simulation

/// A kind of fault that a scenario may declare: its key and those below it, what is said of one in words,
/// and how one is drawn. All that is told of kinds outside the simulation derives from these.
struct FaultKind: Sendable {
    /// The key that declares a fault of this kind.
    let name: String
    let keys: [Key]
    let meaning: String
    let make: @Sendable (Parameters) -> FaultSettings.Kind
    let words: @Sendable (Parameters) -> String
    /// Keys of which exactly one has to be given.
    var oneOf: [String] = []
    let draw: @Sendable (inout Draw, WorldConfiguration, inout Parameters) -> Void
    /// Why one would do nothing; nil where it does something.
    var idleness: @Sendable (Parameters) -> String? = { _ in nil }

    /// What kind a fault is of: the one that would make it.
    static func of(_ fault: FaultSettings.Kind) -> FaultKind {
        guard let kind = all.first(where: { $0.make(fault.parameters) == fault }) else {
            preconditionFailure("a kind of fault lacks its entry: \(fault)")
        }
        return kind
    }

    func drawn(_ draw: inout Draw, in world: WorldConfiguration) -> FaultSettings.Kind {
        var parameters = Parameters()
        self.draw(&draw, world, &parameters)
        return make(parameters)
    }

    static let all = ofLinksAndProcesses + ofReplicas + conditions

    // MARK: What befalls links and processes

    private static let ofLinksAndProcesses = [
        FaultKind(
            name: "partition", keys: [at, lasting, of, from, direction],
            meaning:
                "No message passes between the chosen participants and the others, and bodies under way are lost.",
            make: {
                .partition(
                    at: $0.at, lasting: $0.lasting, of: $0.of, from: $0.from,
                    direction: $0.direction)
            },
            words: { fault in
                let cut =
                    switch fault.direction {
                    case .both: "cut off"
                    case .outgoing: "cut off in what they send"
                    case .incoming: "cut off from what is sent to them"
                    }
                let whom = fault.from.map { " (only \($0.inWords))" } ?? ""
                return "\(fault.of.inWords) \(cut)\(whom) \(fault.span)"
            },
            draw: { draw, world, fault in
                (fault.at, fault.lasting) = draw.time(in: world)
                fault.of = draw.selection(in: world)
                if draw.coin() { fault.from = draw.selection(in: world) }
                fault.direction = draw.one(of: FaultSettings.Direction.allCases)
            }),
        FaultKind(
            name: "outage", keys: [at, lasting, of],
            meaning:
                "The chosen participants are down; their disks keep what was synced, and bodies under way to and from them are lost.",
            make: { .outage(at: $0.at, lasting: $0.lasting, of: $0.of) },
            words: { "\($0.of.inWords) down \($0.span)" },
            draw: { draw, world, fault in
                (fault.at, fault.lasting) = draw.time(in: world)
                fault.of = draw.selection(in: world)
            }),
        FaultKind(
            name: "crashes", keys: [every, downtime, of],
            meaning: "The chosen participants crash and start again, over and over.",
            make: { .crashes(every: $0.every, downtime: $0.downtime, of: $0.of) },
            words: {
                "\($0.of.inWords) crash after \($0.every.inWords) and start again "
                    + "\(Format.duration($0.downtime)) later, over and over"
            },
            draw: { draw, world, fault in
                fault.every = draw.recurrence(in: world)
                fault.downtime = draw.span(.milliseconds(100), .hours(1))
                fault.of = draw.selection(in: world)
            }),
        FaultKind(
            name: "degradation", keys: [at, lasting, of, loss, duplication, latencyFactor],
            meaning:
                "Worse links for the chosen participants; give at least one of the last three.",
            make: {
                .degradation(
                    at: $0.at, lasting: $0.lasting, of: $0.of, loss: $0.loss,
                    duplication: $0.duplication, latencyFactor: $0.latencyFactor)
            },
            words: { fault in
                let effects =
                    (fault.loss > 0 ? ["\(Format.share(fault.loss)) lost"] : [])
                    + (fault.duplication > 0 ? ["\(Format.share(fault.duplication)) twice"] : [])
                    + (fault.latencyFactor > 1
                        ? ["latencies × \(Format.number(fault.latencyFactor))"] : [])
                return "\(fault.of.inWords) on bad links (\(effects.joined(separator: ", "))) "
                    + fault.span
            },
            draw: { draw, world, fault in
                (fault.at, fault.lasting) = draw.time(in: world)
                fault.of = draw.selection(in: world)
                if draw.coin() { fault.loss = draw.number(0.001...0.5) }
                if draw.coin() { fault.duplication = draw.number(0.001...0.5) }
                fault.latencyFactor = draw.number(1.1...20)
            },
            idleness: {
                $0.loss == 0 && $0.duplication == 0 && $0.latencyFactor == 1
                    ? "degrades nothing; give loss, duplication or latencyFactor" : nil
            }),
    ]

    // MARK: What befalls replicas

    private static let ofReplicas = [
        FaultKind(
            name: "bitRot", keys: [law, FaultKind.perByteYear],
            meaning:
                "One random stored replica has a byte flipped, this often; by the byte, also where its node is down.",
            make: { fault in
                fault.perByteYear.map { .byteRot(perByteYear: $0) }
                    ?? .bitRot(every: fault.law ?? fault.every)
            },
            words: { fault in
                let law = fault.law.map { ", each after \($0.inWords)" }
                let rate = fault.perByteYear.map { " \(Format.number($0)) times a byte and year" }
                return "a byte of a stored replica flips\(law ?? rate ?? "")"
            },
            oneOf: ["every", "perByteYear"],
            draw: { draw, world, fault in
                fault.law = draw.recurrence(in: world)
                guard draw.coin(0.3) else { return }
                // Some in a world of a few megabytes.
                fault.perByteYear = draw.number(0.00001...0.1)
                fault.law = nil
            }),
        FaultKind(
            name: "lostChunks", keys: [every],
            meaning:
                "One random stored replica vanishes from its disk, its node unaware, this often.",
            make: { .lostChunks(every: $0.every) },
            words: { "a stored replica vanishes, each after \($0.every.inWords)" },
            draw: { draw, world, fault in fault.every = draw.recurrence(in: world) }),
        FaultKind(
            name: "departure", keys: [at, of],
            meaning: "The chosen nodes leave gracefully, handing over what they hold first.",
            make: { .departure(at: $0.at, of: $0.of) },
            words: { "\($0.of.inWords) leave gracefully at \(Format.duration($0.at))" },
            draw: { draw, world, fault in
                fault.at = draw.time(in: world).at
                fault.of = draw.nodes(in: world)
            }),
        FaultKind(
            name: "destroyed", keys: [at, of],
            meaning: "The chosen participants are gone for ever, and with them what they kept.",
            make: { .destroyed(at: $0.at, of: $0.of) },
            words: { "\($0.of.inWords) destroyed at \(Format.duration($0.at))" },
            draw: { draw, world, fault in
                fault.at = draw.time(in: world).at
                // Nothing brings back what a backend alone knew.
                fault.of = draw.nodes(in: world)
            }),
        FaultKind(
            name: "emptied", keys: [at, back, of],
            meaning:
                "The chosen nodes and backends restart with an empty disk in the place of theirs, a backend to get its ledger back from the nodes that keep it; a backend whose own disk comes back after lasting does not run without it.",
            make: { .emptied(at: $0.at, lasting: $0.back, of: $0.of) },
            words: { fault in
                let back = fault.back.map { ", and with their own \(Format.duration($0)) later" }
                return fault.of.isOfBackends && fault.back != nil
                    ? "\(fault.of.inWords) without their disk \(fault.span)"
                    : "\(fault.of.inWords) restart with an empty disk at "
                        + "\(Format.duration(fault.at))\(back ?? "")"
            },
            draw: { draw, world, fault in
                (fault.at, fault.lasting) = draw.time(in: world)
                fault.of = draw.disks(in: world)
                if draw.coin() { fault.back = fault.lasting }
            }),
        FaultKind(
            name: "restored", keys: [FaultKind.kept, at, of],
            meaning:
                "The chosen nodes or backends stop for a copy of their disk, and later start again from that copy: a restored back-up.",
            make: { .restored(from: $0.kept, at: $0.at, of: $0.of) },
            words: {
                "\($0.of.inWords) have the disk again at \(Format.duration($0.at)) that they had at "
                    + Format.duration($0.kept)
            },
            draw: { draw, world, fault in
                fault.at = draw.time(in: world).at
                fault.kept = draw.span(.milliseconds(1), fault.at - .milliseconds(1))
                fault.of = draw.nodes(in: world)
                // Seldom: only the nodes know then what a backend's ledger lacks.
                if draw.coin(0.12) { fault.of = draw.backends(in: world) }
            },
            idleness: { $0.kept < $0.at ? nil : "the copy is not older; give a from before at" }),
        FaultKind(
            name: "replaced", keys: [at, of],
            meaning:
                "The folders of the chosen nodes are empty ones from then on, while the nodes run and know of nothing.",
            make: { .replaced(at: $0.at, of: $0.of) },
            words: {
                "the folders of \($0.of.inWords) replaced by empty ones at "
                    + Format.duration($0.at)
            },
            draw: { draw, world, fault in
                fault.at = draw.time(in: world).at
                fault.of = draw.nodes(in: world)
            }),
    ]
}

extension FaultSettings.Kind {
    /// What its keys hold.
    var parameters: FaultKind.Parameters {
        var all = FaultKind.Parameters()
        all.at = begins ?? all.at
        all.lasting = lasting ?? all.lasting
        all.of = selection ?? all.of
        all.every = interval ?? all.every
        all.from = others
        switch self {
        case .partition(_, _, _, _, let direction): all.direction = direction
        case .crashes(_, let downtime, _): all.downtime = downtime
        case .degradation(_, _, _, let loss, let duplication, let factor):
            (all.loss, all.duplication, all.latencyFactor) = (loss, duplication, factor)
        case .bitRot(let every): all.law = every
        case .byteRot(let rate): all.perByteYear = rate
        case .emptied(_, let lasting, _): all.back = lasting
        case .restored(let from, let at, _): (all.kept, all.at) = (from, at)
        case .condition(let condition, _, _, _): condition.note(in: &all)
        case .outage, .lostChunks, .departure, .destroyed, .replaced: break
        }
        return all
    }

    /// "domain 2 cut off from 5 d for 1 d".
    var inWords: String { FaultKind.of(self).words(parameters) }
}

extension FaultKind.Parameters {
    /// "from 5 d for 1 d".
    var span: String {
        "from \(at == .zero ? "the start" : Format.duration(at)) for \(Format.duration(lasting))"
    }
}

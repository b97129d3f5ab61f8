import Primitives
import Simulation

extension FaultSettings.Kind {
    /// "1 d of partition from 5 d on: domain 2, both ways".
    var inWords: String {
        func span(_ at: Duration, _ lasting: Duration) -> String {
            "from \(at == .zero ? "the start" : Format.duration(at)) for \(Format.duration(lasting))"
        }
        switch self {
        case .partition(let at, let lasting, let selection, let others, let direction):
            let cut =
                switch direction {
                case .both: "cut off"
                case .outgoing: "cut off in what they send"
                case .incoming: "cut off from what is sent to them"
                }
            let whom = others.map { " (only \($0.inWords))" } ?? ""
            return "\(selection.inWords) \(cut)\(whom) \(span(at, lasting))"
        case .outage(let at, let lasting, let selection):
            return "\(selection.inWords) down \(span(at, lasting))"
        case .crashes(let every, let downtime, let selection):
            return "\(selection.inWords) crash after \(every.inWords) and start again "
                + "\(Format.duration(downtime)) later, over and over"
        case .degradation(let at, let lasting, let selection, let loss, let duplication, let factor):
            let effects =
                (loss > 0 ? ["\(Format.share(loss)) lost"] : [])
                + (duplication > 0 ? ["\(Format.share(duplication)) twice"] : [])
                + (factor > 1 ? ["latencies × \(Format.number(factor))"] : [])
            return "\(selection.inWords) on bad links (\(effects.joined(separator: ", "))) "
                + span(at, lasting)
        case .bitRot(let every):
            return "a byte of a stored replica flips, each after \(every.inWords)"
        case .lostChunks(let every): return "a stored replica vanishes, each after \(every.inWords)"
        case .departure(let at, let selection):
            return "\(selection.inWords) leave gracefully at \(Format.duration(at))"
        case .emptied(let at, let selection):
            return "\(selection.inWords) restart with an empty disk at \(Format.duration(at))"
        case .condition(let condition, let at, let lasting, let selection):
            let time = lasting.map { span(at, $0) } ?? "from \(Format.duration(at)) on"
            return "\(selection.inWords) \(condition.inWords) \(time)"
        }
    }
}

extension Condition {
    /// "hang", what the participants do.
    var inWords: String {
        switch self {
        case .paused: return "hang"
        case .clock(let offset, let drift):
            let shift =
                offset == .zero
                ? ""
                : "\(Format.duration(max(offset, .zero - offset))) \(offset > .zero ? "ahead" : "behind")"
            let gain = drift == 0 ? "" : "gaining \(Format.number(drift)) s a second"
            return "with clocks \([shift, gain].filter { !$0.isEmpty }.joined(separator: ", "))"
        case .slowTransfers(let factor):
            return "with transfers that take \(Format.number(factor)) times as long"
        case .unreadableDisk(let share): return "refuse \(Format.share(share)) of reads"
        case .fullDisk: return "with full disks"
        case .hungDisk: return "with disks that hang"
        case .lying(let lie): return "lie (\(lie.rawValue))"
        }
    }
}

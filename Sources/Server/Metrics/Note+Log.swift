import Logging
import Primitives
import Roles

extension Note {
    /// What a note is of.
    enum Kind: String, CaseIterable {
        case requestTimedOut, declaredDead, deadReturned, doubted, clockDiffers, repairStarted,
            repairFinished
        case replicaMissing, surplusFound, comparisonFinished, comparisonFailed
        case collecting, collectionStopped, audited, blockWritten, recovered
        case ledgerRefused, ledgerUnkept, ledgerCopyDamaged, ledgerBehind

        /// A stable name, such as "declared-dead".
        var name: String { rawValue.inWords(with: "-") }
    }

    var kind: Kind {
        switch self {
        case .requestTimedOut: .requestTimedOut
        case .declaredDead: .declaredDead
        case .deadReturned: .deadReturned
        case .doubted: .doubted
        case .clockDiffers: .clockDiffers
        case .repairStarted: .repairStarted
        case .repairFinished: .repairFinished
        case .replicaMissing: .replicaMissing
        case .surplusFound: .surplusFound
        case .comparisonFinished: .comparisonFinished
        case .comparisonFailed: .comparisonFailed
        case .collecting: .collecting
        case .collectionStopped: .collectionStopped
        case .audited: .audited
        case .blockWritten: .blockWritten
        case .recovered: .recovered
        case .ledgerRefused: .ledgerRefused
        case .ledgerUnkept: .ledgerUnkept
        case .ledgerCopyDamaged: .ledgerCopyDamaged
        case .ledgerBehind: .ledgerBehind
        }
    }

    var level: Logger.Level {
        switch self {
        case .ledgerRefused, .ledgerBehind: .critical
        case .collectionStopped: .error
        case .recovered(_, fetched: 1...): .warning
        case .declaredDead, .doubted, .clockDiffers, .replicaMissing,
            .audited(_, _, _, agree: false), .ledgerUnkept, .ledgerCopyDamaged:
            .warning
        case .deadReturned, .recovered: .info
        default: .debug
        }
    }

    var metadata: Logger.Metadata {
        switch self {
        case .declaredDead(let peer), .deadReturned(let peer), .doubted(let peer),
            .comparisonFailed(let peer):
            ["peer": "\(peer.hexadecimal)"]
        case .clockDiffers(let peer, let ahead):
            ["peer": "\(peer.hexadecimal)", "aheadSeconds": "\(ahead.seconds)"]
        case .repairStarted(let chunk, let peer):
            ["chunk": "\(chunk)", "to": "\(peer.hexadecimal)"]
        case .repairFinished(let chunk, let peer, let bytes, let outcome):
            [
                "chunk": "\(chunk)", "to": "\(peer.hexadecimal)", "bytes": "\(bytes)",
                "outcome": "\(outcome.map { "\($0)" } ?? "silent")",
            ]
        case .replicaMissing(let chunk, let peer, let finding):
            ["chunk": "\(chunk)", "on": "\(peer.hexadecimal)", "finding": "\(finding)"]
        case .surplusFound(let chunk, let peer), .collecting(let chunk, let peer):
            ["chunk": "\(chunk)", "on": "\(peer.hexadecimal)"]
        case .collectionStopped(let peer, let orphans, let held):
            ["on": "\(peer.hexadecimal)", "orphans": "\(orphans)", "of": "\(held)"]
        case .comparisonFinished(let peer, let isEqual, let count, _):
            ["with": "\(peer.hexadecimal)", "equal": "\(isEqual)", "chunks": "\(count)"]
        case .audited(let chunk, let first, let second, let agree):
            [
                "chunk": "\(chunk)", "nodes": "\(first.hexadecimal) \(second.hexadecimal)",
                "agree": "\(agree)",
            ]
        case .blockWritten(let records, let bytes): ["records": "\(records)", "bytes": "\(bytes)"]
        case .recovered(let blocks, let fetched): ["blocks": "\(blocks)", "fetched": "\(fetched)"]
        case .ledgerUnkept(let count): ["blocks": "\(count)"]
        case .ledgerCopyDamaged(let peer, let count):
            ["on": "\(peer.hexadecimal)", "blocks": "\(count)"]
        case .ledgerBehind(let blocks, let known): ["blocks": "\(blocks)", "known": "\(known)"]
        case .ledgerRefused(let error): ["error": "\(error)"]
        case .requestTimedOut: [:]
        }
    }
}

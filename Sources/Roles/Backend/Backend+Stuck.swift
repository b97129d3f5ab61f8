import DequeModule
package import Primitives

/// What would never end. Whoever waits for others has a call under way, which its timer ends at last.
extension Backend {
    /// What waits for nothing that is under way, or waited longer than it may, in words: never anything.
    package func stuck(at now: Instant) -> [String] {
        let asked = Asked(calls.contexts, audits.values, deletionsWaiting)
        let transfers = chunks.contains { id, chunk in
            chunk.underWay.contains { !asked.receivers.contains(.init(chunk: id, member: $0)) }
        }
        let deletions = chunks.contains { id, chunk in
            chunk.deleting.contains { !asked.deleters.contains(.init(chunk: id, member: $0)) }
        }
        let slack = settings.peersInterval * 4
        let findings = [
            ("an upload", uploads.keys.contains { !asked.operations.contains($0) }),
            ("a download", downloads.keys.contains { !asked.operations.contains($0) }),
            ("an audit", audits.keys.contains { !asked.operations.contains($0) }),
            (
                "replicas too many",
                audits.count < Self.challengeLimit && !deletionsWaiting.isEmpty
            ),
            ("an undeletion", undeletions.keys.contains { !asked.operations.contains($0) }),
            ("an accusation", accusers.keys.contains { !asked.operations.contains($0) }),
            ("a comparison", comparisons.keys.contains { !asked.compared.contains($0) }),
            ("a transfer", transfers), ("a deletion", deletions),
            ("repairs", repairs.underWay != asked.copies),
            (
                "a chunk that nobody committed",
                staged.first.map { now - $0.since > settings.uploadExpiry + slack } ?? false
            ),
            (
                "what waits for nodes to keep the ledger",
                keepers.waiting.first.map { now - $0.since > settings.requestTimeout + slack }
                    ?? false
            ),
            (
                "what is to be written",
                !keepers.isBehind
                    && journal.waitingSince.map { now - $0 > settings.ledgerInterval + slack }
                        ?? false
            ),
        ]
        return findings.filter(\.1).map(\.0)
    }

    /// Who is asked for what.
    private struct Asked {
        struct Place: Hashable {
            let chunk: ChunkID
            let member: Int
        }

        var operations: Set<UInt64> = []
        var compared: Set<Int> = []
        var receivers: Set<Place> = []
        var deleters: Set<Place> = []
        var copies = 0

        init(
            _ contexts: some Sequence<BackendCall>, _ audits: some Sequence<Audit>,
            _ deletionsWaiting: some Sequence<(chunk: ChunkID, member: Int)>
        ) {
            for (chunk, member) in deletionsWaiting {
                deleters.insert(Place(chunk: chunk, member: member))
            }
            for audit in audits {
                switch audit.purpose {
                case .none: break
                case .credit(let transfer):
                    receivers.insert(Place(chunk: audit.chunk, member: transfer.target))
                case .deletion(let member), .leave(let member):
                    deleters.insert(Place(chunk: audit.chunk, member: member))
                }
            }
            for context in contexts {
                switch context {
                case .store(let operation, let chunk, let member):
                    operations.insert(operation)
                    receivers.insert(Place(chunk: chunk, member: member))
                case .retrieve(let retrieval): operations.insert(retrieval.operation)
                case .copy(let transfer):
                    copies += 1
                    receivers.insert(Place(chunk: transfer.chunk, member: transfer.target))
                case .compare(let member): compared.insert(member)
                case .audit(let operation, _), .restore(let operation, _, _):
                    operations.insert(operation)
                case .delete(let chunk, let member):
                    deleters.insert(Place(chunk: chunk, member: member))
                case .peers, .keepBlock, .fetchBlock, .checkKeeper, .findKeepers: break
                }
            }
        }
    }
}

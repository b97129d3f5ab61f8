package import Cryptography
package import Ledger
package import Primitives

/// What a live edge shows of a backend. Nothing here is a message, and nothing changes.
extension Backend {
    /// A user's files and when each was committed, newest first.
    package func files(of user: PeerID) -> [(record: FileRecord, since: Instant)] {
        let times = filesByOwner[ownerTag(user)] ?? [:]
        return times.compactMap { id, since in files[id].map { ($0, since) } }
            .sorted { ($1.1, $1.0.file) < ($0.1, $0.0.file) }
            .map { (record: $0.0, since: $0.1) }
    }

    /// A file of the user's and when it was committed; nil when it is not there or not theirs.
    package func file(_ id: FileID, of user: PeerID) -> (record: FileRecord, since: Instant)? {
        guard let record = ownFile(id, of: user), let since = filesByOwner[record.owner]?[id] else {
            return nil
        }
        return (record, since)
    }

    /// Nodes know more of its ledger than it does: there may be files that it does not know.
    package var isBehind: Bool { keepers.isBehind }

    /// It has its ledger as far as its disk had it, and waits for those who may keep more of it.
    package var isSearching: Bool { search != nil }

    /// Whether a record bears this user's tag.
    package func isOwner(_ user: PeerID, of tag: OwnerTag) -> Bool { ownerTag(user) == tag }

    /// The fewest replicas that count which any of these chunks has.
    package func leastRedundancy(of ids: [ChunkID]) -> Int {
        ids.map { chunks[$0].map { redundancy(of: $0) } ?? 0 }.min() ?? 0
    }

    /// How many committed chunks have 0, 1, 2, … replicas that count.
    package func chunksByReplicas() -> [Int] {
        var counts = [Int](repeating: 0, count: settings.replicas + 1)
        for chunk in chunks.values where chunk.isCommitted {
            let replicas = redundancy(of: chunk)
            if replicas >= counts.count {
                counts += [Int](repeating: 0, count: replicas + 1 - counts.count)
            }
            counts[replicas] += 1
        }
        return counts
    }

    /// Whether some node that may be given chunks has room for one of this size.
    package func hasRoom(for byteCount: Int) -> Bool {
        members.all.contains { $0.standing.acceptsChunks && $0.room >= UInt64(byteCount) }
    }

    /// What verifies the ledger.
    package var publicKey: PublicKey { signingKey.publicKey }

    /// Durable replicas that an upload waits for.
    package var writeQuorum: Int { settings.writeQuorum }

    /// Nodes that chunks may be placed on now.
    package var openMembers: Int { members.all.count { $0.standing.acceptsChunks } }

    /// Whether each discovery answered lately, in the order in which they were given.
    package var discoveriesAnswering: [Bool] { members.feeds.map(\.wasFresh) }

    /// When some discovery last called a member alive.
    package func lastSeen(_ index: Int) -> Instant { members.lastSeen(index) }
}

import Primitives
import Roles

/// Comparisons of inventories.
extension BackendStory {
    static func isInventory(_ send: Effects.Send) -> Bool {
        if case .inventory? = send.nodeRequest { true } else { false }
    }

    /// The nodes that were asked for their inventory.
    func inventoryRequests(from start: Int = 0) -> [PeerID] {
        requests[start...].filter(Self.isInventory).map(\.to)
    }

    /// A story in which files were stored and every node's first comparison is over.
    static func settled(
        nodes: Int = 4, chunks: [TestChunk], settings: ProtocolSettings = ProtocolSettings()
    ) throws -> BackendStory {
        var story = BackendStory(nodes: nodes, domains: nodes, settings: settings)
        story.advance(by: .minutes(1))
        try story.store(chunks)
        story.advance(by: .minutes(1))
        _ = story.drive.takeNotes()
        return story
    }

    /// Lets time pass until the backend asks a node for its inventory.
    mutating func advanceToComparison() {
        let start = requests.count
        for _ in 0..<100 where inventoryRequests(from: start).isEmpty { advance(by: .seconds(1)) }
    }
}

extension [Note] {
    /// What comparisons found missing.
    var findings: [ChunkID] {
        compactMap { note in
            if case .replicaMissing(let chunk, _, .comparison) = note { chunk } else { nil }
        }
    }

    /// What they found that nobody counted on.
    var surplus: [ChunkID] {
        compactMap { if case .surplusFound(let chunk, _) = $0 { chunk } else { nil } }
    }

    /// With whom they ended, and whether nothing differed.
    var finished: [(peer: PeerID, isEqual: Bool)] {
        compactMap { note in
            if case .comparisonFinished(let peer, let isEqual, _, _) = note {
                (peer, isEqual)
            } else {
                nil
            }
        }
    }
}

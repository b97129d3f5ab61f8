import Primitives
import Roles

extension BackendStory {
    /// A story in which the user has a file, on so many nodes.
    static func withFile(of chunks: [TestChunk], nodes: Int = 3) throws -> BackendStory {
        var story = BackendStory(nodes: nodes)
        try story.store(chunks)
        // The first comparisons are over.
        story.advance(by: .minutes(1))
        _ = story.drive.takeNotes()
        return story
    }

    /// Has node 0 asked first, whatever was measured: the others are suspect.
    mutating func preferNode0() {
        for index in nodes.indices.dropFirst() { say(.suspect, of: nodes[index].registration) }
        advance(by: settings.peersInterval)
    }

    mutating func preferNobody() {
        for node in nodes { say(.alive, of: node.registration) }
        advance(by: settings.peersInterval)
    }

    /// The chunks that were found missing on node 0.
    mutating func mendedOnNode0() -> [ChunkID] {
        notes { note in
            if case .replicaMissing(let chunk, on: Peers.node(0), .scrubOrRead) = note {
                chunk
            } else {
                nil
            }
        }
    }
}

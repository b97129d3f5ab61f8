package import Primitives

/// The nodes that hold a chunk from now on. Linked to no file and no owner, so that anyone can
/// repair while the owner is away and nobody learns whose chunk it is.
package struct PlacementRecord: Equatable, Sendable {
    /// The chunk.
    package let chunk: ChunkID
    /// The bytes of the sealed chunk.
    package let size: UInt32
    /// Who holds it: ascending, each once. Nobody once the chunk is released, referenced no more.
    package let nodes: [PeerID]

    /// Puts the nodes in order and drops repetitions.
    package init(chunk: ChunkID, size: UInt32, nodes: [PeerID]) {
        self.chunk = chunk
        self.size = size
        self.nodes = nodes.sorted().reduce(into: []) { unique, node in
            if unique.last != node { unique.append(node) }
        }
    }

    /// The chunk is referenced no more: its nodes may drop it.
    package static func released(_ chunk: ChunkID, size: UInt32) -> PlacementRecord {
        PlacementRecord(chunk: chunk, size: size, nodes: [])
    }

    /// Whether the chunk is referenced no more.
    package var isRelease: Bool { nodes.isEmpty }
}

// MARK: - Coding

extension PlacementRecord {
    /// The bytes that one of so many nodes takes in a block.
    package static func byteCount(nodes: Int) -> Int { 4 + 1 + 32 + 4 + 4 + 8 * nodes }

    func write(to writer: inout ByteWriter) {
        writer.write(chunk.hash)
        writer.write(size)
        writer.write(UInt32(nodes.count))
        for node in nodes { writer.write(node.raw) }
    }

    init(from reader: inout ByteReader) throws(ByteReaderError) {
        let chunk = ChunkID(try reader.readHash())
        let size = try reader.read(UInt32.self)
        let start = reader.offset
        let count = Int(try reader.read(UInt32.self))
        guard count <= reader.remaining / 8 else { throw .truncated(offset: start) }
        var nodes: [PeerID] = []
        nodes.reserveCapacity(count)
        for _ in 0..<count {
            let offset = reader.offset
            let node = PeerID(try reader.read(UInt64.self))
            if let last = nodes.last, last >= node {
                throw .invalid(what: "nodes in ascending order", offset: offset)
            }
            nodes.append(node)
        }
        self.init(chunk: chunk, size: size, nodes: nodes)
    }
}

package import Primitives

/// A set of chunk ids that knows its Merkle root: what a node holds, or ought to hold.
///
/// A radix tree of sixteen branches over the digits of the ids. A subtree of at most
/// `bucketCapacity` ids is a bucket; one with more has a child for each next digit. So shape and
/// hashes follow from the set alone, whatever the order of insertions and removals, and two parties
/// find where their sets differ by comparing hashes from the root down (`InventoryComparison`).
///
/// - An empty subtree hashes to zero, a bucket to SHA-256(0x00 ‖ ids ascending), an inner node to
///   SHA-256(0x01 ‖ its 16 children's hashes).
/// - A change marks the path to it; whoever asks for a hash next pays for what was marked, once.
///   Many changes between two questions thus share the hashing of the upper levels.
/// - A plain value. A copy shares everything with its original until one of them changes, and then
///   all but the path to the change. An empty tree owns no memory.
package struct InventoryTree: Sendable {
    /// The most ids of a bucket.
    package static let bucketCapacity = 16

    private(set) var root = InventoryNode()

    /// The empty set.
    package init() {}

    /// The set of `ids`, in any order; those that repeat count once.
    package init(_ ids: some Sequence<ChunkID>) {
        for id in ids { insert(id) }
    }

    /// How many ids the set holds.
    package var count: Int { Int(root.count) }

    /// Whether the set holds no id.
    package var isEmpty: Bool { root.count == 0 }

    /// Puts an id in; false when it is there already.
    @discardableResult
    package mutating func insert(_ id: ChunkID) -> Bool { root.insert(id, depth: 0) }

    /// Takes an id out; false when it is not there.
    @discardableResult
    package mutating func remove(_ id: ChunkID) -> Bool { root.remove(id, depth: 0) }

    /// Whether the set holds `id`.
    package func contains(_ id: ChunkID) -> Bool { root.contains(id) }

    /// The least id above `id`, or the least of all for nil. Walks the set by steps, such as a
    /// scrub's, while it changes in between.
    package func next(after id: ChunkID?) -> ChunkID? {
        guard let id else { return root.first }
        return root.next(after: id, depth: 0)
    }

    /// The hash of the whole set; zero for the empty one. Hashes what changed since it was last
    /// asked for, and remembers it: hence mutating.
    package var rootHash: Hash256 {
        mutating get {
            root.updateHash()
            return root.hash
        }
    }
}

extension InventoryTree: Equatable {
    /// Whether both hold the same ids. Compares ids, not hashes.
    package static func == (a: InventoryTree, b: InventoryTree) -> Bool { a.root == b.root }
}

extension InventoryTree: Sequence {
    /// The ids in ascending order.
    package func makeIterator() -> Iterator { Iterator(root) }

    /// Walks the ids of a tree as it was when the walk began.
    package struct Iterator: IteratorProtocol {
        /// The bucket being read and how far.
        private var bucket: [ChunkID]
        private var position = 0
        /// The inner nodes above it, each with the child to visit next.
        private var path: [(children: [InventoryNode], next: Int)] = []

        init(_ root: InventoryNode) {
            bucket = root.ids
            if !root.isBucket { path.append((root.children, 0)) }
        }

        package mutating func next() -> ChunkID? {
            while position == bucket.count {
                guard let last = path.indices.last else { return nil }
                guard path[last].next < path[last].children.count else {
                    path.removeLast()
                    continue
                }
                let child = path[last].children[path[last].next]
                path[last].next += 1
                bucket = child.ids
                position = 0
                if !child.isBucket { path.append((child.children, 0)) }
            }
            defer { position += 1 }
            return bucket[position]
        }
    }

    /// How many ids the set holds.
    package var underestimatedCount: Int { count }
}

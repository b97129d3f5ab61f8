import Primitives

/// One node of an `InventoryTree`: a bucket of ids, or sixteen children by the next digit.
///
/// Two arrays of which one is empty, and an empty array owns no memory: so an empty node is these
/// few words alone, copying a node copies two references, and a change to a copy copies the arrays
/// on the path that it takes and nothing else.
struct InventoryNode: Sendable {
    /// The hash of this subtree; out of date while `isStale`.
    var hash = Hash256.zero
    /// How many ids this subtree holds.
    var count: UInt32 = 0
    /// Whether something below changed since `hash` was computed.
    var isStale = false
    /// The ids of a bucket, ascending.
    var ids: [ChunkID] = []
    /// The children by digit: sixteen, or none in a bucket.
    var children: [InventoryNode] = []

    init() {}

    init(bucket: some Sequence<ChunkID>) {
        ids = Array(bucket)
        count = UInt32(ids.count)
        isStale = !ids.isEmpty
    }

    /// Whether the ids are here and not below. The count tells it without a look at the arrays.
    var isBucket: Bool { count <= InventoryTree.bucketCapacity }
}

// MARK: - Changing

extension InventoryNode {
    /// Puts an id in; false when it is there already.
    mutating func insert(_ id: ChunkID, depth: Int) -> Bool {
        if isBucket {
            let position = ids.firstPosition(notBefore: id)
            if position < ids.count, ids[position] == id { return false }
            if ids.count == InventoryTree.bucketCapacity {
                split(depth: depth)
                _ = children[id.hash.nibble(at: depth)].insert(id, depth: depth + 1)
            } else {
                ids.insert(id, at: position)
            }
        } else if !children[id.hash.nibble(at: depth)].insert(id, depth: depth + 1) {
            return false
        }
        count += 1
        isStale = true
        return true
    }

    /// Takes an id out; false when it is not there.
    mutating func remove(_ id: ChunkID, depth: Int) -> Bool {
        if isBucket {
            let position = ids.firstPosition(notBefore: id)
            guard position < ids.count, ids[position] == id else { return false }
            ids.remove(at: position)
        } else {
            guard children[id.hash.nibble(at: depth)].remove(id, depth: depth + 1) else {
                return false
            }
        }
        count -= 1
        isStale = true
        if isBucket, !children.isEmpty { merge() }
        return true
    }

    /// Turns a full bucket into sixteen smaller ones.
    private mutating func split(depth: Int) {
        children = Array(repeating: InventoryNode(), count: 16)
        var start = 0
        while start < ids.count {
            let digit = ids[start].hash.nibble(at: depth)
            var end = start + 1
            while end < ids.count, ids[end].hash.nibble(at: depth) == digit { end += 1 }
            children[digit] = InventoryNode(bucket: ids[start..<end])
            start = end
        }
        ids = []
    }

    /// Turns children that fit one bucket into one.
    private mutating func merge() {
        var gathered: [ChunkID] = []
        gathered.reserveCapacity(Int(count))
        appendIDs(to: &gathered)
        ids = gathered
        children = []
    }
}

// MARK: - Reading

extension InventoryNode {
    /// Whether the subtree holds `id`.
    func contains(_ id: ChunkID, depth: Int = 0) -> Bool {
        isBucket
            ? ids.holds(id) : children[id.hash.nibble(at: depth)].contains(id, depth: depth + 1)
    }

    /// The least id of the subtree.
    var first: ChunkID? { isBucket ? ids.first : children.first { $0.count > 0 }?.first }

    /// The least id above `id`.
    func next(after id: ChunkID, depth: Int) -> ChunkID? {
        guard !isBucket else { return ids.first { $0 > id } }
        let digit = id.hash.nibble(at: depth)
        if let next = children[digit].next(after: id, depth: depth + 1) { return next }
        return children[(digit + 1)...].first { $0.count > 0 }?.first
    }

    /// Appends every id of the subtree in ascending order.
    func appendIDs(to list: inout [ChunkID]) {
        list.append(contentsOf: ids)
        for child in children where child.count > 0 { child.appendIDs(to: &list) }
    }

    /// The subtree of the ids that start with `prefix`, by the same rule as if it stood alone: where
    /// the tree ends above the prefix in a bucket, those of the bucket's ids that fit.
    func subtree(at prefix: InventoryPrefix) -> InventoryNode {
        var node = self
        for depth in 0..<prefix.depth {
            guard !node.isBucket else {
                return InventoryNode(bucket: node.ids.filter(prefix.contains))
            }
            node = node.children[prefix.digits.nibble(at: depth)]
        }
        return node
    }
}

extension InventoryNode: Equatable {
    /// Whether the subtrees hold the same ids. The set alone gives the shape.
    static func == (a: InventoryNode, b: InventoryNode) -> Bool {
        a.count == b.count && a.ids == b.ids && a.children == b.children
    }
}

extension [ChunkID] {
    /// Whether an ascending list holds `id`.
    fileprivate func holds(_ id: ChunkID) -> Bool {
        let position = firstPosition(notBefore: id)
        return position < count && self[position] == id
    }

    /// Where `id` stands or would stand in an ascending list as short as a bucket.
    fileprivate func firstPosition(notBefore id: ChunkID) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

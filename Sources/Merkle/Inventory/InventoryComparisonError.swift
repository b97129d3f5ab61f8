package import Primitives

/// How a remote party broke the rules of a comparison.
package enum InventoryComparisonError: Error, Equatable {
    /// An answer came while no question was open.
    case unexpectedAnswer
    /// The answer is to another question.
    case wrongQuestion(expected: UInt64, found: UInt64)
    /// The answer has more or fewer entries than prefixes were asked about.
    case wrongEntryCount(expected: Int, found: Int)
    /// An entry claims equality although the question told no root hash.
    case unfoundedEquality(InventoryPrefix)
    /// An entry has another number of child hashes than sixteen.
    case wrongChildCount(InventoryPrefix, found: Int)
    /// An entry says that there are ids below, and that every child is empty.
    case emptyChildren(InventoryPrefix)
    /// An entry says that more ids than a bucket holds share 63 digits.
    case tooDeep(InventoryPrefix)
    /// A bucket has more ids than a bucket may.
    case bucketTooLarge(InventoryPrefix, count: Int)
    /// A bucket has ids that do not ascend, so one may come twice.
    case bucketOutOfOrder(InventoryPrefix)
    /// A bucket has an id that does not start with the prefix.
    case idOutsidePrefix(InventoryPrefix, ChunkID)
    /// The remote claims more ids beyond ours than the limit allows.
    case tooManySurplusIDs(limit: Int)
    /// The remote claims differences in more subtrees than the limit allows.
    case tooManyPrefixes(limit: Int)
}

extension InventoryComparison {
    /// Whether the answer fits the question in every respect that does not depend on what we hold.
    static func check(
        _ answer: InventoryAnswer, for question: InventoryQuestion
    ) throws(InventoryComparisonError) {
        guard answer.question == question.fingerprint else {
            throw .wrongQuestion(expected: question.fingerprint, found: answer.question)
        }
        guard answer.entries.count == question.prefixes.count else {
            throw .wrongEntryCount(expected: question.prefixes.count, found: answer.entries.count)
        }
        for (prefix, entry) in zip(question.prefixes, answer.entries) {
            switch entry {
            case .same:
                guard question.rootHash != nil else { throw .unfoundedEquality(prefix) }
            case .children(let hashes):
                try check(children: hashes, at: prefix)
            case .bucket(let ids):
                try check(bucket: ids, at: prefix)
            }
        }
    }

    private static func check(
        children hashes: [Hash256], at prefix: InventoryPrefix
    ) throws(InventoryComparisonError) {
        guard prefix.depth < InventoryPrefix.maximumDepth else { throw .tooDeep(prefix) }
        guard hashes.count == 16 else { throw .wrongChildCount(prefix, found: hashes.count) }
        guard hashes.contains(where: { $0 != .zero }) else { throw .emptyChildren(prefix) }
    }

    private static func check(
        bucket ids: [ChunkID], at prefix: InventoryPrefix
    ) throws(InventoryComparisonError) {
        guard ids.count <= InventoryTree.bucketCapacity else {
            throw .bucketTooLarge(prefix, count: ids.count)
        }
        for (index, id) in ids.enumerated() {
            guard prefix.contains(id) else { throw .idOutsidePrefix(prefix, id) }
            guard index == 0 || ids[index - 1] < id else { throw .bucketOutOfOrder(prefix) }
        }
    }
}

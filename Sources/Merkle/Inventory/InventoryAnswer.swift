package import Primitives

/// What a party answers to an `InventoryQuestion`: one entry for each prefix, in their order.
package struct InventoryAnswer: Equatable, Sendable {
    /// What there is under one prefix.
    package enum Entry: Equatable, Sendable {
        /// The whole set has the root hash that the question told.
        case same
        /// More ids than fit a bucket: the hashes of the sixteen subtrees by the next digit, zero
        /// for an empty one.
        case children([Hash256])
        /// All ids under the prefix, ascending, `InventoryTree.bucketCapacity` at most.
        case bucket([ChunkID])
    }

    /// The fingerprint of the question that this answers, so that an answer that comes late or twice
    /// is not taken for another.
    package let question: UInt64
    /// What there is under each prefix that was asked about.
    package let entries: [Entry]

    package init(question: UInt64, entries: [Entry]) {
        self.question = question
        self.entries = entries
    }

    /// The hashes that the answer carries. Those of empty subtrees are not sent.
    package var hashCount: Int { entries.reduce(0) { $0 + $1.hashCount } }

    /// The ids that the answer carries.
    package var idCount: Int { entries.reduce(0) { $0 + $1.idCount } }

    /// 64 bits that tell this answer from others. Not proof against forgery.
    package var fingerprint: UInt64 {
        var mixer = FingerprintMixer()
        mixer.mix(question)
        for entry in entries {
            switch entry {
            case .same: mixer.mix(0)
            case .children(let hashes):
                mixer.mix(1)
                for hash in hashes { mixer.mix(hash) }
            case .bucket(let ids):
                mixer.mix(2 + UInt64(ids.count))
                for id in ids { mixer.mix(id.hash) }
            }
        }
        return mixer.value
    }
}

extension InventoryAnswer.Entry {
    /// The hashes that the entry carries, those of empty subtrees left out.
    var hashCount: Int {
        guard case .children(let hashes) = self else { return 0 }
        return hashes.reduce(0) { $1 == .zero ? $0 : $0 + 1 }
    }

    /// The ids that the entry carries.
    var idCount: Int {
        guard case .bucket(let ids) = self else { return 0 }
        return ids.count
    }
}

extension InventoryTree {
    /// Answers any question, a hostile one too: never more than `InventoryQuestion.maximumPrefixes`
    /// entries of sixteen hashes or ids, each found in at most 63 steps. Brings the hashes up to
    /// date first: hence mutating.
    package mutating func answer(_ question: InventoryQuestion) -> InventoryAnswer {
        let rootHash = rootHash
        let asked = question.prefixes.prefix(InventoryQuestion.maximumPrefixes)
        let entries = asked.map { prefix -> InventoryAnswer.Entry in
            if question.rootHash == rootHash { return .same }
            let subtree = root.subtree(at: prefix)
            return subtree.isBucket
                ? .bucket(subtree.ids) : .children(subtree.childHashes(depth: prefix.depth))
        }
        return InventoryAnswer(question: question.fingerprint, entries: entries)
    }
}

import Primitives

extension [Record] {
    /// The records in the order in which a block holds them: memberships, then accounts,
    /// then files and removals by file id, then placements by chunk id.
    ///
    /// Whoever uploads a file writes its placements one after the other, so their order would tell
    /// which chunks belong together, in which order, and to which file record. Chunk ids are hashes
    /// of sealed bytes and file ids are random: sorted by them, a block tells only that among its
    /// files and its chunks some belong together, which says the less the more files a block takes.
    /// Records of the same node, file or chunk keep their order, since the later one counts.
    package func inBlockOrder() -> [Record] {
        enumerated().sorted { a, b in
            let (first, second) = (Key(a.element), Key(b.element))
            return first == second ? a.offset < b.offset : first < second
        }.map(\.element)
    }
}

/// What records are sorted by.
private enum Key: Comparable {
    case membership
    case account(Hash256)
    case file(FileID)
    case placement(ChunkID)

    init(_ record: Record) {
        switch record {
        case .membership: self = .membership
        case .account(let record): self = .account(record.account)
        case .file(let record): self = .file(record.file)
        case .fileRemoval(let record): self = .file(record.file)
        case .placement(let record): self = .placement(record.chunk)
        }
    }
}

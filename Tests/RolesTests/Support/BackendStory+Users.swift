import Files
import Ledger
import Primitives
import Roles
import Testing

/// What users do with a backend, and what its ledger says.
extension BackendStory {
    /// Puts a chunk. Nil while the answer has not come.
    @discardableResult
    mutating func put(_ chunk: TestChunk, by user: PeerID = Peers.user) -> PutOutcome? {
        let request = PutChunkRequest(chunk: chunk.id, payload: chunk.payload)
        guard case .putChunk(let outcome)? = ask(.putChunk(request), from: user) else {
            return nil
        }
        return outcome
    }

    @discardableResult
    mutating func commit(
        _ chunks: [TestChunk], as file: UInt64, by user: PeerID = Peers.user
    ) -> CommitOutcome? {
        commit(Self.commit(chunks, as: file), by: user)
    }

    mutating func commit(
        _ request: CommitRequest, by user: PeerID = Peers.user
    ) -> CommitOutcome? {
        guard case .commit(let outcome)? = ask(.commit(request), from: user) else {
            return nil
        }
        return outcome
    }

    /// As many bytes as a wrapped key has.
    static let wrappedKey = [UInt8](repeating: 3, count: MasterKey.wrappedCount)

    static func commit(_ chunks: [TestChunk], as file: UInt64) -> CommitRequest {
        CommitRequest(
            file: FileID(high: 0, low: file), chunks: chunks.map(\.id), sealedManifest: [1, 2],
            wrappedKey: wrappedKey)
    }

    /// Puts chunks and makes a file of them.
    mutating func store(
        _ chunks: [TestChunk], as file: UInt64 = 1, by user: PeerID = Peers.user
    ) throws {
        for chunk in chunks { try #require(put(chunk, by: user) == .stored) }
        try #require(commit(chunks, as: file, by: user) == .committed)
    }

    func get(_ chunk: Int, of chunks: [TestChunk], in file: UInt64 = 1) -> FileRequest {
        .getChunk(
            GetChunkRequest(
                file: FileID(high: 0, low: file), chunk: chunks[chunk].id,
                proof: .of(chunk, in: chunks.map(\.id))))
    }

    /// Reads a chunk of a file. Nil while the answer has not come.
    mutating func read(
        _ chunk: Int, of chunks: [TestChunk], in file: UInt64 = 1, by user: PeerID = Peers.user
    ) -> GetChunkAnswer? {
        guard case .getChunk(let answer)? = ask(get(chunk, of: chunks, in: file), from: user)
        else { return nil }
        return answer
    }

    @discardableResult
    mutating func delete(
        _ chunks: [TestChunk], file: UInt64 = 1, by user: PeerID = Peers.user
    ) -> DeleteFileOutcome? {
        let request = DeleteFileRequest(
            file: FileID(high: 0, low: file), chunks: chunks.map(\.id))
        guard case .delete(let outcome)? = ask(.delete(request), from: user) else {
            return nil
        }
        return outcome
    }

    // MARK: Ledger

    /// The records of the ledger from block `start` on, in order.
    func records(from start: Int = 0) throws -> [Record] {
        try drive.disk.state.log[start...].flatMap { try Block(decoding: $0).records }
    }

    /// What the ledger says last of the nodes of a chunk; nil when it never named it.
    func placement(of chunk: TestChunk) throws -> PlacementRecord? {
        try records().reversed().lazy.compactMap { record -> PlacementRecord? in
            if case .placement(let placement) = record, placement.chunk == chunk.id {
                placement
            } else {
                nil
            }
        }.first
    }

    func memberships(of number: Int) throws -> [MembershipRecord.Event] {
        try records().compactMap { record in
            if case .membership(let membership) = record, membership.node == nodes[number].id {
                membership.event
            } else {
                nil
            }
        }
    }

    /// The notes since they were last taken that `pick` wants.
    mutating func notes<T>(_ pick: (Note) -> T?) -> [T] { drive.takeNotes().compactMap(pick) }
}

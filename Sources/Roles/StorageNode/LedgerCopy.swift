import Cryptography
package import Ledger
import Merkle
import Primitives

/// What a node keeps of one backend's ledger: a block is a chunk of an owner of its own, whose stamp is
/// its height.
struct LedgerCopy: Sendable {
    /// Whom the blocks belong to on the disk.
    let owner: PeerID
    /// By height.
    private var blocks: [UInt64: ChunkID] = [:]
    /// The same blocks.
    private(set) var inventory = InventoryTree()
    /// How many there are, from the first on without a gap.
    private(set) var count: UInt64 = 0
    /// The highest head that the backend showed since the node started.
    private(set) var head: SignedHeader?

    /// Blocks beyond those that are here without a gap: so many are taken before them.
    static let lead: UInt64 = 64

    init(of backend: PeerID) {
        var writer = ByteWriter()
        writer.write(backend.raw)
        owner = PeerID(
            SHA256.hash(Array("DecentraStore ledger v1\0".utf8) + writer.bytes).prefix)
    }

    subscript(height: UInt64) -> ChunkID? { blocks[height] }

    /// A block as it stands on the disk.
    func stored(_ chunk: ChunkID, byteCount: Int, at height: UInt64) -> StoredChunk {
        StoredChunk(
            chunk: chunk, byteCount: byteCount, owner: owner,
            stamp: Instant(nanoseconds: Int64(height)))
    }

    mutating func insert(_ stored: StoredChunk) {
        blocks[UInt64(bitPattern: stored.stamp.nanoseconds)] = stored.chunk
        inventory.insert(stored.chunk)
        while blocks[count] != nil { count += 1 }
    }

    mutating func remove(_ stored: StoredChunk) {
        let height = UInt64(bitPattern: stored.stamp.nanoseconds)
        guard blocks[height] == stored.chunk else { return }
        blocks[height] = nil
        inventory.remove(stored.chunk)
        count = min(count, height)
    }

    /// The backend shows a head. False where it had come further before, or otherwise: by what it showed
    /// since the node started, and by the blocks that are kept.
    mutating func admit(_ shown: SignedHeader?) -> Bool {
        guard let shown else { return head == nil && count == 0 }
        guard shown.follows(head), shown.blockCount >= count else { return false }
        head = shown
        return true
    }
}

/// Keeping the ledgers of backends.
extension StorageNode {
    /// Blocks of those that it serves.
    package var ledgerBlockCount: Int { ledgers.reduce(0) { $0 + $1.inventory.count } }
    /// How far the ledgers had come when their backends last showed it.
    package var ledgerHeads: [SignedHeader] { ledgers.compactMap(\.head) }
    package var chunkCount: Int { index.count - ledgerBlockCount }

    mutating func keep(
        _ request: KeepBlockRequest, from backend: PeerID, call: CallID, effects: inout Effects
    ) -> KeepBlockAnswer? {
        guard phase == .serving, let slot = backends.firstIndex(of: backend),
            let head = SignedHeader(ofBlock: request.block.bytes),
            head.header.height == request.height
        else { return KeepBlockAnswer(outcome: .refused, count: 0) }
        let copy = ledgers[slot]
        let chunk = ChunkID(SHA256.hash(request.block.bytes))
        if let kept = copy[request.height] {
            if kept != chunk { effects.mark(.ledgerForked) }
            return KeepBlockAnswer(
                outcome: kept == chunk ? .kept : .conflicting, count: copy.count)
        }
        guard request.height < copy.count + LedgerCopy.lead else {
            return KeepBlockAnswer(outcome: .busy, count: copy.count)
        }
        _ = ledgers[slot].admit(head)
        write(
            copy.stored(chunk, byteCount: request.block.byteCount, at: request.height),
            request.block, answer: .keep(for: backend, call: call), effects: &effects)
        return nil
    }

    mutating func fetch(
        _ request: FetchBlockRequest, from backend: PeerID, call: CallID, effects: inout Effects
    ) -> FetchBlockAnswer? {
        guard let slot = backends.firstIndex(of: backend) else { return .refused }
        guard let chunk = ledgers[slot][request.height], let stored = index[chunk] else {
            return .known(known(of: slot))
        }
        let token = disk.begin(.init(stored: stored, answer: (backend, call), isOfLedger: true))
        effects.disk.append(.read(token: token, chunk))
        return nil
    }

    /// What it knows of the ledger of a backend, with a block that was read.
    func known(of slot: Int, _ block: Payload? = nil) -> KnownLedger {
        KnownLedger(head: ledgers[slot].head, count: ledgers[slot].count, block: block)
    }

    /// Ends keeping a block; says nothing for nil.
    mutating func replyKept(
        to backend: PeerID, call: CallID, _ outcome: StoreOutcome?, effects: inout Effects
    ) {
        guard let outcome, let slot = backends.firstIndex(of: backend) else { return }
        let kept: KeepBlockOutcome =
            switch outcome {
            case .stored: .kept
            case .full: .full
            case .mismatched, .refused: .refused
            case .busy: .busy
            }
        effects.answer(
            .node(.keepBlock(KeepBlockAnswer(outcome: kept, count: ledgers[slot].count))),
            to: backend, call: call)
    }
}

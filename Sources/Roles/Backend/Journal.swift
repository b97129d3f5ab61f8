import Cryptography
import Ledger
import Primitives

/// What waits to be written to the ledger, and what waits for it to be durable.
struct Journal: Sendable {
    enum Action: Sendable {
        case answer(Answer, to: PeerID, call: CallID)
        case delete(ChunkID, member: Int)
    }

    var writer: LedgerWriter
    /// Chunks whose placement changed; each gets one record, however often it did.
    var dirty: [ChunkID] = []
    private(set) var records: [Record] = []
    private var actions: [Action] = []
    /// The block that is being synced.
    private(set) var inFlight: InFlight?
    /// Somebody waits for what has gathered.
    var isUrgent = false
    /// Since when records have been waiting, as far as maintenance noticed.
    var waitingSince: Instant?
    /// The last block that is durable.
    private(set) var head: SignedHeader?

    struct InFlight: Sendable {
        var actions: [Action]
        var recordCount: Int
        var byteCount: Int
        var head: SignedHeader
        var encoded: [UInt8]
    }

    /// How many blocks are durable.
    var blockCount: UInt64 { head?.blockCount ?? 0 }

    init(signingKey: SigningKey, resuming state: LedgerState = LedgerState()) {
        writer = LedgerWriter(signingKey: signingKey, resuming: state)
        head = state.tip
    }

    var isEmpty: Bool { records.isEmpty && dirty.isEmpty }
    var isIdle: Bool { isEmpty && actions.isEmpty }

    mutating func add(_ record: Record) { records.append(record) }

    /// Has something done once all that was added so far is durable.
    mutating func whenDurable(_ action: Action) { actions.append(action) }

    mutating func takeActions() -> [Action] {
        defer { actions = [] }
        return actions
    }

    /// Makes a block of what has gathered and the given placements. Returns its encoding.
    mutating func startBlock(placements: [Record], at now: Instant) -> [UInt8] {
        let block = writer.append(records + placements, at: now)
        let encoded = block.encoded()
        inFlight = InFlight(
            actions: takeActions(), recordCount: block.records.count, byteCount: encoded.count,
            head: block.signedHeader, encoded: encoded)
        records = []
        dirty = []
        isUrgent = false
        waitingSince = nil
        return encoded
    }

    mutating func finishBlock() -> InFlight? {
        defer { inFlight = nil }
        head = inFlight?.head ?? head
        return inFlight
    }
}

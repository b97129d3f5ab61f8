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

    /// The bytes of a block, more or less: those of the largest chunk are the most that a node keeps.
    static let blockByteCount = 12 << 20

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

    /// Takes records out, oldest first, until they fill a block. Returns them, and what room is left.
    mutating func takeRecords() -> (records: [Record], room: Int) {
        var room = Self.blockByteCount
        let end = records.firstIndex { record in
            room -= record.byteCount
            return room < 0
        }
        // One that is larger than a block has one for itself.
        let taken = Array(records.prefix(max(end ?? records.count, 1)))
        records.removeFirst(taken.count)
        return (taken, end == nil ? room : 0)
    }

    /// Makes a block. What waits is done once nothing is left that was to be written before it. Returns
    /// its encoding.
    mutating func startBlock(_ taken: [Record], at now: Instant) -> [UInt8] {
        let block = writer.append(taken, at: now)
        let encoded = block.encoded()
        let isAll = isEmpty
        inFlight = InFlight(
            actions: isAll ? takeActions() : [], recordCount: block.records.count,
            byteCount: encoded.count,
            head: block.signedHeader, encoded: encoded)
        isUrgent = !isAll
        if isAll { waitingSince = nil }
        return encoded
    }

    mutating func finishBlock() -> InFlight? {
        defer { inFlight = nil }
        head = inFlight?.head ?? head
        return inFlight
    }
}

extension Record {
    /// About how many bytes it takes in a block.
    fileprivate var byteCount: Int {
        switch self {
        case .file(let file): 128 + file.sealedManifest.count + file.wrappedKey.count
        case .account(let account): 64 + account.sealed.count
        case .fileRemoval, .membership: 96
        case .placement(let placement): PlacementRecord.byteCount(nodes: placement.nodes.count)
        }
    }
}

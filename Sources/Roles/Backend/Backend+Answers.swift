import Primitives

/// What a backend's own requests are for. Members stand by their index.
enum BackendCall: Sendable {
    case peers(discovery: Int)
    case store(UInt64, ChunkID, member: Int)
    case retrieve(Retrieval)
    case copy(RepairTransfer)
    case compare(member: Int)
    case audit(UInt64, member: Int)
    case delete(ChunkID, member: Int)
    case restore(UInt64, ChunkID, member: Int)
    case keepBlock(member: Int)
    case fetchBlock(PeerID)
    case checkKeeper(member: Int, height: UInt64)
    case findKeepers(discovery: Int)
}

/// What comes of a backend's own requests.
extension Backend {
    /// An answer that does not fit its question, or names another chunk, is none.
    mutating func hear(
        _ answer: Answer, to context: BackendCall, at now: Instant, random: inout RandomSource,
        effects: inout Effects
    ) {
        switch context {
        case .peers(let slot):
            guard let answer = PeersRequest.reply(in: answer) else { break }
            return hear(answer, from: slot, at: now, random: &random, effects: &effects)
        case .store(let upload, let chunk, let member):
            guard let answer = StoreRequest.reply(in: answer), answer.chunk == chunk else { break }
            return storeAnswered(
                upload, chunk, member, answer.outcome, at: now, random: &random, effects: &effects)
        case .retrieve(let retrieval):
            guard let answer = RetrieveRequest.reply(in: answer) else { break }
            return retrieveAnswered(retrieval, answer, at: now, effects: &effects)
        case .copy(let transfer):
            guard let answer = CopyRequest.reply(in: answer), answer.chunk == transfer.chunk else {
                break
            }
            return copyAnswered(
                transfer, answer.outcome, at: now, random: &random, effects: &effects)
        case .restore(let operation, let chunk, let member):
            guard let answer = RestoreRequest.reply(in: answer), answer.chunk == chunk else {
                break
            }
            return restoreAnswered(
                operation, chunk, member, answer.outcome, at: now, effects: &effects)
        // A deletion that did not come about is made good by the next comparison.
        case .delete(_, let member):
            guard case .behind? = DeleteRequest.reply(in: answer) else { break }
            askForBlock(journal.blockCount, of: members[member].peer, effects: &effects)
        case .audit, .compare:
            if hearOfReplicas(answer, to: context, at: now, effects: &effects) { return }
        case .keepBlock, .fetchBlock, .checkKeeper, .findKeepers:
            if hearOfLedger(answer, to: context, at: now, effects: &effects) { return }
        }
        failed(context, at: now, random: &random, effects: &effects)
    }

    /// False where the answer does not fit its question.
    private mutating func hearOfReplicas(
        _ answer: Answer, to context: BackendCall, at now: Instant, effects: inout Effects
    ) -> Bool {
        switch context {
        case .audit(let operation, let member):
            guard let answer = AuditRequest.reply(in: answer),
                answer.chunk == audits[operation]?.chunk
            else { return false }
            heard(clock: answer.time, of: member, at: now, effects: &effects)
            auditAnswered(operation, member, answer.outcome, at: now, effects: &effects)
        case .compare(let member):
            guard case .answered(let answer, let time)? = InventoryRequest.reply(in: answer) else {
                return false
            }
            heard(clock: time, of: member, at: now, effects: &effects)
            comparisonAnswered(member, answer, at: now, effects: &effects)
        default: return false
        }
        return true
    }

    /// False where the answer does not fit its question.
    private mutating func hearOfLedger(
        _ answer: Answer, to context: BackendCall, at now: Instant, effects: inout Effects
    ) -> Bool {
        switch context {
        case .keepBlock(let member):
            guard let answer = KeepBlockRequest.reply(in: answer) else { return false }
            keepAnswered(member, answer, at: now, effects: &effects)
        case .fetchBlock(let peer):
            guard case .known(let known)? = FetchBlockRequest.reply(in: answer) else {
                return false
            }
            if search != nil {
                searched(peer, known, at: now, effects: &effects)
            } else {
                hear(known, effects: &effects)
            }
        case .checkKeeper(let member, let height):
            guard case .known(let known)? = FetchBlockRequest.reply(in: answer) else {
                return false
            }
            checked(member, height, known, at: now, effects: &effects)
        case .findKeepers:
            guard let answer = PeersRequest.reply(in: answer) else { return false }
            keepersFound(answer, at: now, effects: &effects)
        default: return false
        }
        return true
    }

    /// A request was not answered.
    mutating func failed(
        _ context: BackendCall, at now: Instant, random: inout RandomSource,
        effects: inout Effects
    ) {
        switch context {
        case .store(let upload, let chunk, let member):
            storeAnswered(upload, chunk, member, nil, at: now, random: &random, effects: &effects)
        case .retrieve(let retrieval):
            retrieveAnswered(retrieval, nil, at: now, effects: &effects)
        case .copy(let transfer):
            copyAnswered(transfer, nil, at: now, random: &random, effects: &effects)
        case .audit(let operation, let member):
            auditAnswered(operation, member, nil, at: now, effects: &effects)
        case .compare(let member): comparisonFailed(member, at: now, effects: &effects)
        case .delete(let chunk, let member):
            chunks[chunk]?.deleting.removeAll { $0 == member }
            removals.deleted(chunk, on: member)
        case .restore(let operation, let chunk, let member):
            restoreAnswered(operation, chunk, member, nil, at: now, effects: &effects)
        case .keepBlock(let member): keepAnswered(member, nil, at: now, effects: &effects)
        case .fetchBlock(let peer):
            if search != nil { searched(peer, nil, at: now, effects: &effects) }
        case .checkKeeper(let member, let height):
            checked(member, height, nil, at: now, effects: &effects)
        case .findKeepers: keepersFound(nil, at: now, effects: &effects)
        case .peers: break
        }
    }
}

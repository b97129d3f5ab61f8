import Files
import Ledger
import Merkle
import Observation
import Primitives
import Roles

/// What a user makes of answers.
extension User {
    mutating func answered(
        _ context: UserCall, _ answer: FileAnswer, at now: Instant, random: inout RandomSource,
        effects: inout Effects
    ) {
        let token = context.operation
        switch answer {
        case .putChunk(.stored):
            operations[token]?.underWay -= 1
            sendNextChunks(token, effects: &effects)
        case .putChunk(.unavailable), .putChunk(.mismatched), .putChunk(.busy),
            .getFile(.unavailable), .getChunk(.unavailable), .getChunk(.gone),
            .undelete(.unavailable):
            retry(context, at: now, random: &random, effects: &effects)
        case .commit(let outcome):
            committed(context, outcome, at: now, random: &random, effects: &effects)
        case .getFile(.found(let record)):
            guard let kind = operations[token]?.kind else { return }
            if kind == .intrude {
                return finish(token, .violation(.ownerOnly, "was shown another's file"))
            }
            open(record, token, effects: &effects)
        case .getFile(.notFound):
            let isIntrusion = operations[token]?.kind == .intrude
            finish(token, isIntrusion ? .done : .violation(.durability, "own file is not found"))
        case .getChunk(.found(let payload)):
            guard case .chunk(let index) = context.step else { return }
            check(payload, at: index, token, effects: &effects)
        case .getChunk(.notFound): finish(token, .violation(.durability, "own chunk is not found"))
        case .delete(.deleted), .delete(.notFound): finish(token, .done)
        case .undelete(.undeleted): finish(token, .done)
        // Simulated users have no accounts.
        case .keepAccount: break
        case .undelete(.gone), .undelete(.notFound): finish(token, .gaveUp)
        case .delete(.mismatched), .undelete(.mismatched):
            finish(token, .violation(.readIntegrity, "own chunks do not match"))
        }
    }

    private mutating func committed(
        _ context: UserCall, _ outcome: CommitOutcome, at now: Instant,
        random: inout RandomSource, effects: inout Effects
    ) {
        let token = context.operation
        switch outcome {
        case .committed: finish(token, .done)
        case .conflict: finish(token, .violation(.durability, "own commit conflicts"))
        case .implausible: finish(token, .violation(.durability, "own commit is refused"))
        case .unknownChunks:
            // The backend restarted and forgot what was put: put all again.
            operations[token]?.nextChunk = 0
            operations[token]?.retries += 1
            guard let retries = operations[token]?.retries, retries <= settings.attempts else {
                return finish(token, .gaveUp)
            }
            sendNextChunks(token, effects: &effects)
        }
    }

    /// Opens the manifest and goes on with the chunks that it lists.
    private mutating func open(_ record: FileRecord, _ token: UInt64, effects: inout Effects) {
        guard let operation = operations[token] else { return }
        do {
            let opened = try content.open(record, operation.plan, masterKey: masterKey)
            operations[token]?.opened = opened
            operations[token]?.chunks = opened.manifest.chunks
            operations[token]?.leafHashes = opened.manifest.chunks.map { MerkleTree.leafHash($0) }
        } catch {
            return finish(token, .violation(.readIntegrity, "own manifest does not open: \(error)"))
        }
        if operation.kind == .delete {
            if let report = operations[token]?.report(.deleting) { reports.append(report) }
            send(UserCall(operation: token, step: .commit), effects: &effects)
        } else {
            sendNextChunks(token, effects: &effects)
        }
    }

    private mutating func check(
        _ payload: Payload, at index: Int, _ token: UInt64, effects: inout Effects
    ) {
        guard let operation = operations[token], let file = operation.opened else { return }
        let isRight: Bool
        do {
            isRight =
                try content.plaintext(of: payload.bytes, at: index, in: file)
                == content.plaintext(of: operation.plan, chunk: index)
        } catch {
            return finish(
                token, .violation(.readIntegrity, "chunk \(index) does not open: \(error)"))
        }
        guard isRight else {
            return finish(
                token, .violation(.readIntegrity, "chunk \(index) differs from what was written"))
        }
        operations[token]?.underWay -= 1
        sendNextChunks(token, effects: &effects)
    }
}

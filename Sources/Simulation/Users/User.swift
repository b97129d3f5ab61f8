import Cryptography
import Files
import Ledger
import Merkle
package import Observation
package import Primitives
package import Roles

/// A user of a simulated world: seals what it uploads and opens what it downloads with the functions
/// of `Files`, so that every read is checked down to the plaintext byte.
package struct User: Role {
    let id: PeerID
    let backend: PeerID
    let settings: ProtocolSettings
    let content: FileContent
    let masterKey: MasterKey

    var calls: Calls<UserCall>
    var operations: [UInt64: UserOperation] = [:]
    var waiting: [UInt64: UserCall] = [:]
    private var lastToken: UInt64 = 0
    private var keys: RandomSource
    /// What happened since the world last looked.
    package var reports: [UserReport] = []

    /// Chunks of one file under way at once.
    private static let window = 4

    init(
        id: PeerID, backend: PeerID, settings: ProtocolSettings, content: FileContent, seed: UInt64
    ) {
        self.id = id
        self.backend = backend
        self.settings = settings
        self.content = content
        keys = RandomSource(seed, of: id.raw, .keys)
        var secret = keys.bytes(MasterKey.count)
        guard let key = try? MasterKey(SecretKey(wiping: &secret)) else {
            preconditionFailure("32 bytes make a master key")
        }
        masterKey = key
        calls = Calls(random: &keys)
    }

    package mutating func handle(
        _ input: Input, at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        switch input {
        case .start:
            // Timers of a former run are gone, and what waited for them with them.
            calls = Calls(random: &random)
            waiting = [:]
            for token in operations.keys.sorted() { finish(token, .gaveUp) }
        case .answer(let from, let call, .file(let answer)):
            guard let context = calls.close(call, from: from) else { return }
            answered(context, answer, at: now, random: &random, effects: &effects)
        case .timer(let timer) where timer.kind == .callTimeout:
            guard let (_, context) = calls.expire(CallID(timer.token)) else { return }
            retry(context, at: now, random: &random, effects: &effects)
        case .timer(let timer) where timer.kind == .retry:
            guard let context = waiting.removeValue(forKey: timer.token) else { return }
            send(context, effects: &effects)
        default: break
        }
    }

    var isIdle: Bool { operations.isEmpty }
    /// What it waits for, in words, oldest first.
    var operationsUnderWay: [String] {
        operations.sorted { $0.key < $1.key }.map {
            "a \($1.kind) since \(($1.startedAt - .origin).seconds) s, retried \($1.retries) times"
        }
    }

    // MARK: Starting

    /// Puts a new file of the given size.
    package mutating func put(
        _ ordinal: Int, byteCount: Int, at now: Instant, effects: inout Effects
    ) -> FilePlan {
        let file = FileID(high: keys.next(), low: keys.next())
        var secret = keys.bytes(ChunkSealer.keyCount)
        let key = SecretKey(wiping: &secret)
        let plan = FilePlan(id: file, ordinal: ordinal, byteCount: byteCount, owner: id)
        var operation = UserOperation(kind: .put, plan: plan, startedAt: now, key: key)
        operation.sealed = content.seal(plan, key: key)
        start(operation, effects: &effects)
        return plan
    }

    /// Reads a file that was acknowledged, and compares every byte.
    package mutating func get(
        _ plan: FilePlan, isFinal: Bool, at now: Instant, effects: inout Effects
    ) {
        var operation = UserOperation(kind: .get, plan: plan, startedAt: now)
        operation.isFinal = isFinal
        start(operation, effects: &effects)
    }

    package mutating func delete(_ plan: FilePlan, at now: Instant, effects: inout Effects) {
        start(UserOperation(kind: .delete, plan: plan, startedAt: now), effects: &effects)
    }

    /// Wants a deleted file back.
    package mutating func undelete(
        _ plan: FilePlan, chunks: [ChunkID], at now: Instant, effects: inout Effects
    ) {
        var operation = UserOperation(kind: .undelete, plan: plan, startedAt: now)
        operation.chunks = chunks
        start(operation, effects: &effects)
    }

    /// Tries to read somebody else's file.
    package mutating func intrude(_ plan: FilePlan, at now: Instant, effects: inout Effects) {
        start(UserOperation(kind: .intrude, plan: plan, startedAt: now), effects: &effects)
    }

    private mutating func start(_ operation: UserOperation, effects: inout Effects) {
        lastToken += 1
        operations[lastToken] = operation
        switch operation.kind {
        case .put: sendNextChunks(lastToken, effects: &effects)
        case .undelete: send(UserCall(operation: lastToken, step: .commit), effects: &effects)
        case .get, .delete, .intrude:
            send(UserCall(operation: lastToken, step: .lookUp), effects: &effects)
        }
    }

    // MARK: Asking

    mutating func sendNextChunks(_ token: UInt64, effects: inout Effects) {
        guard var operation = operations[token] else { return }
        let count = operation.kind == .put ? operation.sealed.count : operation.chunks.count
        while operation.underWay < Self.window, operation.nextChunk < count {
            operation.underWay += 1
            let step = UserCall.Step.chunk(operation.nextChunk)
            operation.nextChunk += 1
            operations[token] = operation
            send(UserCall(operation: token, step: step), effects: &effects)
        }
        operations[token] = operation
        if operation.underWay == 0, operation.nextChunk == count {
            if operation.kind == .put {
                send(UserCall(operation: token, step: .commit), effects: &effects)
            } else {
                finish(token, .done)
            }
        }
    }

    mutating func send(_ context: UserCall, effects: inout Effects) {
        guard let operation = operations[context.operation],
            let (request, byteCount) = request(for: context, of: operation)
        else { return }
        let call = calls.open(to: backend, context)
        // The backend tries several nodes before it answers.
        effects.request(
            .file(request), to: backend, call: call,
            timeout: settings.timeout(forBytes: byteCount) * 3)
    }

    private func request(
        for context: UserCall, of operation: UserOperation
    ) -> (FileRequest, byteCount: Int)? {
        let plan = operation.plan
        switch (operation.kind, context.step) {
        case (.put, .chunk(let index)):
            let chunk = operation.sealed[index]
            let payload = content.payload(of: chunk, at: index, in: plan)
            return (
                .putChunk(PutChunkRequest(chunk: chunk.id, payload: payload)), payload.byteCount
            )
        case (.put, .commit):
            guard let key = operation.key,
                let commit = content.commit(
                    plan, chunks: operation.sealed, key: key, masterKey: masterKey)
            else { return nil }
            return (.commit(commit), 0)
        case (.get, .chunk(let index)):
            return (
                .getChunk(
                    GetChunkRequest(
                        file: plan.id, chunk: operation.chunks[index],
                        proof: operation.proof(of: index))), content.chunkBytes
            )
        case (.delete, .commit):
            return (
                .delete(DeleteFileRequest(file: plan.id, chunks: operation.chunks)), 0
            )
        case (.undelete, .commit):
            return (
                .undelete(UndeleteFileRequest(file: plan.id, chunks: operation.chunks)), 0
            )
        case (_, .lookUp): return (.getFile(GetFileRequest(file: plan.id)), 0)
        default: return nil
        }
    }

    // MARK: Retrying and finishing

    mutating func retry(
        _ context: UserCall, at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        guard let operation = operations[context.operation] else { return }
        guard context.attempt < settings.attempts * (operation.isFinal ? 4 : 1) else {
            return finish(context.operation, .gaveUp)
        }
        operations[context.operation]?.retries += 1
        var context = context
        let delay = settings.backoff(attempt: context.attempt, random: &random)
        context.attempt += 1
        lastToken += 1
        waiting[lastToken] = context
        effects.schedule(Timer(.retry, lastToken), after: delay)
    }

    mutating func finish(_ token: UInt64, _ outcome: UserReport.Outcome) {
        guard let operation = operations.removeValue(forKey: token) else { return }
        reports.append(operation.report(outcome))
    }
}

import Cryptography
import Ledger
package import Primitives
package import Roles

/// What participants say to each other, and what becomes of it.
extension Observer {
    /// A message sets out.
    @inlinable
    package mutating func sent(
        _ message: Message, _ bytes: Message.ByteCounts, from: UInt32, to: UInt32, at now: Instant
    ) {
        meters.control.sent(bytes)
        switch message {
        case .request(.discovery), .answer(.discovery), .request(.backend), .answer(.backend): break
        case .request(.node), .answer(.node), .request(.file), .answer(.file):
            look(at: message, from: from, to: to, at: now)
        }
    }

    /// The network lost a message.
    package mutating func lostMessage() { meters.control.messagesLost += 1 }

    /// A fault had an effect.
    package mutating func felt(fault: Int) { faults[fault].effects += 1 }

    /// So many faults disturb links, clocks or what participants do from now on.
    package mutating func disturbed(by count: Int, at now: Instant) {
        guard count != disturbances else { return }
        disturbances = count
        calmSince = now
    }

    /// Looks at a message that may carry bytes of a file, or say that something is durable.
    package mutating func look(at message: Message, from: UInt32, to: UInt32, at now: Instant) {
        switch message {
        case .request(.file(let request)): look(at: request, from: from, at: now)
        case .request(.node(.store(let request))):
            checkCanary(request.payload.bytes, "chunk sent to a node", at: now)
        case .request(.node(.keepBlock(let request))):
            checkCanary(request.block.bytes, "block sent to a node", at: now)
        case .answer(.node(let answer)): look(at: answer, from: from, at: now)
        case .answer(.file(let answer)): look(at: answer, to: to, at: now)
        case .request(.discovery), .request(.backend), .answer(.discovery), .answer(.backend),
            .request(.node(.retrieve)), .request(.node(.copy)), .request(.node(.delete)),
            .request(.node(.restore)), .request(.node(.inventory)), .request(.node(.audit)),
            .request(.node(.fetchBlock)):
            break
        }
    }

    private mutating func look(at request: FileRequest, from: UInt32, at now: Instant) {
        switch request {
        case .putChunk(let request):
            if chunkOwners[request.chunk] == nil { chunkOwners[request.chunk] = from }
            checkCanary(request.payload.bytes, "chunk sent to a backend", at: now)
        case .commit(let request):
            checkCanary(request.sealedManifest, "manifest sent to a backend", at: now)
            checkCanary(request.wrappedKey, "key sent to a backend", at: now)
        case .keepAccount(let request):
            checkCanary(request.sealed, "account in a ledger", at: now)
        case .getFile, .getChunk, .delete, .undelete: break
        }
    }

    private mutating func look(at answer: NodeAnswer, from: UInt32, at now: Instant) {
        switch answer {
        case .retrieve(.found(let payload)):
            checkCanary(payload.bytes, "chunk sent by a node", at: now)
        case .store(let answer):
            if answer.outcome == .stored { checkDurable(answer.chunk, on: from, at: now) }
        case .copy(let answer):
            if answer.outcome == .copied { checkDurable(answer.chunk, on: from, at: now) }
        case .restore(let answer):
            if answer.outcome == .restored { checkDurable(answer.chunk, on: from, at: now) }
        case .retrieve(.missing), .retrieve(.refused), .retrieve(.unavailable), .delete, .inventory,
            .audit, .keepBlock, .fetchBlock:
            break
        }
    }

    /// A node acknowledges a chunk: it holds one that a crash would leave it. Of what a fault took, and of
    /// what a liar says, nothing can be told.
    private mutating func checkDurable(_ chunk: ChunkID, on node: UInt32, at now: Instant) {
        guard !self[node].isLiar, !census.isDivergent(chunk, on: node) else { return }
        let isDurable = self[node].kind == .node && nodes[slot(node)].disk.isDurable(chunk)
        oracles.check(
            .durableAcknowledgement, at: now, isDurable,
            "node \(node) acknowledged chunk \(chunk), which a crash would lose")
    }

    private mutating func look(at answer: FileAnswer, to: UInt32, at now: Instant) {
        switch answer {
        case .getFile(.found(let record)):
            oracles.check(
                .ownerOnly, at: now, fileOwners[record.file] == to,
                "user \(to) was given the record of file \(record.file)")
        case .getChunk(.found(let payload)):
            let chunk = ChunkID(SHA256.hash(payload.bytes))
            guard let owner = chunkOwners[chunk] else { return }
            oracles.check(
                .ownerOnly, at: now, owner == to,
                "user \(to) was given chunk \(chunk) of user \(owner)")
        case .getFile(.notFound), .getFile(.unavailable), .getChunk(.notFound),
            .getChunk(.unavailable),
            .getChunk(.gone), .putChunk, .commit, .delete, .undelete, .keepAccount:
            break
        }
    }

    mutating func checkCanary(
        _ bytes: [UInt8], _ place: @autoclosure () -> String, at now: Instant
    ) {
        guard bytes.count >= Oracles.canary.count else { return }
        oracles.check(
            .noPlaintext, at: now, !Oracles.showsPlaintext(bytes), "plaintext in a \(place())")
    }
}

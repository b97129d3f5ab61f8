package import Cryptography
import Merkle
package import Primitives
package import Roles

/// What a world whose servers run elsewhere wants of whoever runs them.
package enum StageOrder: Sendable {
    /// A server shall run, from what its disk holds; this is its run number `epoch`.
    case start(UInt32, epoch: UInt32)
    /// It is cut off at once and lets go of its disk without tidying up.
    case crash(UInt32)
    /// It is gone for ever, and its disk with it.
    case destroy(UInt32)
    /// A node's operator wants it to leave for good.
    case leave(UInt32)
    /// A user's message arrives at a backend.
    case deliver(Request, CallID, from: UInt32, to: UInt32)
    /// The oracles want to see every node; see `inspect(_:_:epoch:)`.
    case inspect
}

/// What a world keeps only while its servers run elsewhere.
struct Stage: Sendable {
    var orders: [StageOrder] = []
    /// The names that servers go by.
    var peers: [UInt32: PeerID] = [:]
    var actors: [PeerID: UInt32] = [:]
    /// By node, then by token: what it writes at present.
    var writes: [UInt32: [UInt64: ChunkDisk.Replica]] = [:]
    /// By backend: repairs that wait.
    var repairsQueued: [UInt32: Int] = [:]
    var bytesBetweenServers: UInt64 = 0
}

/// The one of an actor's runs that something is told of. What a former run did means nothing.
package struct StagedRun: Sendable, Hashable {
    package var actor: UInt32
    package var epoch: UInt32

    package init(actor: UInt32, epoch: UInt32) {
        self.actor = actor
        self.epoch = epoch
    }
}

/// A world whose discoveries, nodes and backends run elsewhere, as servers in real time.
///
/// Users, workload, churn, faults and the conditions of the network are its own; it gives orders, and
/// is told of every message, disk operation and note. From these it keeps the books that a simulated
/// world keeps, so that oracles and measurements are the same.
extension World {
    package static func acted(_ configuration: WorldConfiguration) -> World {
        World(configuration, stage: Stage())
    }

    /// What is to be done, in order; forgotten then.
    package mutating func takeOrders() -> [StageOrder] {
        let orders = stage?.orders ?? []
        stage?.orders = []
        return orders
    }

    package var hasOrders: Bool { stage?.orders.isEmpty == false }

    /// When something is due next.
    package var nextEventAt: Instant? { queue.nextAt }

    /// Gives an input that is due to whoever runs the server.
    mutating func order(_ input: Input, _ actor: UInt32) {
        switch input {
        case .start:
            stage?.orders.append(.start(actor, epoch: participants[Int(actor)].epoch))
        case .leave: stage?.orders.append(.leave(actor))
        case .request(let from, let call, let request):
            stage?.orders.append(
                .deliver(request, call, from: UInt32(truncatingIfNeeded: from.raw), to: actor))
        case .answer, .timer, .disk, .backend: break
        }
    }

    // MARK: Names

    /// A server goes by this name from now on.
    package mutating func introduce(_ actor: UInt32, as peer: PeerID) {
        stage?.peers[actor] = peer
        stage?.actors[peer] = actor
    }

    /// A backend signs its ledger with this key.
    package mutating func introduce(_ actor: UInt32, asWriter key: PublicKey) {
        let slot = Int(participants[Int(actor)].slot)
        if shadows[slot].blockCount == 0 { shadows[slot] = LedgerShadow(writer: key) }
    }

    /// The name that an actor goes by among servers.
    package func peer(of actor: UInt32) -> PeerID {
        stage?.peers[actor] ?? PeerID(UInt64(actor))
    }

    func index(of peer: PeerID) -> UInt32 {
        stage?.actors[peer] ?? UInt32(truncatingIfNeeded: peer.raw)
    }

    /// The actor that goes by a name, if there is one.
    package func knownActor(_ peer: PeerID) -> UInt32? {
        if let actor = stage?.actors[peer] { return actor }
        return peer.raw < UInt64(participants.count) ? UInt32(peer.raw) : nil
    }

    /// The backends whose inventories a node keeps, in its order.
    func backendsServed(by slot: Int) -> [UInt32] {
        stage == nil ? backendIndices : nodes[slot].backends.map { index(of: $0) }
    }

    /// Whether a run goes on.
    package func isCurrent(_ run: StagedRun) -> Bool {
        let participant = participants[Int(run.actor)]
        return participant.epoch == run.epoch && participant.isUp
    }

    /// Whether the one that goes by a name runs.
    package func isUp(_ peer: PeerID) -> Bool {
        knownActor(peer).map { participants[Int($0)].isUp } ?? false
    }

    // MARK: Messages

    /// Bytes that the model charges for what servers sent each other in the measured time.
    package var bytesBetweenServers: UInt64 { stage?.bytesBetweenServers ?? 0 }

    /// A server sent a message. Answers to users are told by `answer` instead.
    package mutating func saw(_ message: Message, by run: StagedRun, to peer: PeerID) {
        guard isCurrent(run), let to = knownActor(peer),
            participants[Int(to)].kind != .user
        else { return }
        events &+= 1
        observe(message, from: run.actor, to: to)
        meters.count(
            controlBytes: message.controlByteCount, payloadBytes: message.payloadByteCount,
            isMeasured: isMeasured)
        guard isMeasured else { return }
        stage?.bytesBetweenServers += UInt64(message.controlByteCount + message.payloadByteCount)
    }

    /// A backend's answer sets out for a user.
    package mutating func answer(
        _ answer: Answer, _ call: CallID, from backend: UInt32, to user: UInt32
    ) {
        guard participants[Int(backend)].isUp else { return }
        effects.answer(answer, to: PeerID(UInt64(user)), call: call)
        apply(backend)
    }

    /// What the network does to a message between servers: how long each copy of it is under way;
    /// none when it is lost, or its receiver is down.
    package mutating func passage(
        of message: Message, from: PeerID, to: PeerID
    ) -> [Duration] {
        guard let from = knownActor(from), let to = knownActor(to) else { return [] }
        let receiver = (participants[Int(to)].region, participants[Int(to)].domain)
        let passage = network.passage(
            from: from, at: &participants[Int(from)], to: to, at: receiver)
        if let fault = passage.fault { faults.count(fault) }
        if passage.isLost { meters.messagesLost += 1 }
        guard !passage.isLost, participants[Int(to)].isUp else { return [] }
        let bytes = message.payloadByteCount
        let first =
            bytes == 0
            ? passage.latency
            : transferEnd(bytes: bytes, from: from, to: to, latency: passage.latency) - now
        return passage.isDoubled ? [first, passage.latency * 2] : [first]
    }

    // MARK: Notes and departures

    package mutating func saw(_ note: Note, by run: StagedRun) {
        if isCurrent(run) { meter(note, by: run.actor) }
    }

    package mutating func saw(repairsQueued count: Int, by backend: UInt32) {
        stage?.repairsQueued[backend] = count
    }

    /// A node has left for good.
    package mutating func hasLeft(_ run: StagedRun) {
        if isCurrent(run) { left(run.actor) }
    }

    // MARK: Disks

    /// A server is about to ask this of its disk.
    package mutating func saw(_ request: DiskRequest, by run: StagedRun) {
        guard isCurrent(run) else { return }
        let slot = Int(participants[Int(run.actor)].slot)
        let isNode = participants[Int(run.actor)].kind == .node
        switch request {
        case .write(let token, let stored, let payload):
            stage?.writes[run.actor, default: [:]][token] = .init(stored: stored, payload: payload)
        case .delete(let chunk): delete(chunk, run.actor, slot)
        case .append(let block):
            checkCanary(block, "ledger")
            logDisks[slot].append(block)
        case .sync:
            _ =
                isNode
                ? chunkDisks[slot].startSync(at: now) : logDisks[slot].startSync(at: now)
        case .read, .recoverChunks, .recoverLog: break
        }
    }

    /// A disk reported this, which the server is about to hear.
    package mutating func saw(_ event: DiskEvent, by run: StagedRun) {
        guard isCurrent(run) else { return }
        events &+= 1
        let slot = Int(participants[Int(run.actor)].slot)
        switch event {
        case .wrote(let token, let outcome):
            guard let replica = stage?.writes[run.actor]?.removeValue(forKey: token),
                outcome == .written
            else { return }
            if !chunkDisks[slot].write(replica) {
                oracles.check(
                    .inventoryTruth, at: now, false, "node \(run.actor) exceeds its capacity")
            }
        case .synced: synced(run.actor)
        case .recoveredChunks(let found): recovered(found, run.actor, slot)
        case .recoveredLog(let blocks): recovered(blocks, slot)
        case .read: break
        }
    }

    /// A node's disk was read back after a start.
    private mutating func recovered(_ found: [StoredChunk], _ actor: UInt32, _ slot: Int) {
        let pending = (stage?.writes.removeValue(forKey: actor) ?? [:]).values.map { $0 }
        let present = Set(found.map(\.chunk))
        for chunk in durableReplicas[slot] where !present.contains(chunk) {
            oracles.check(
                .durableAcknowledgement, at: now, false,
                "the disk of node \(actor) lost chunk \(chunk), which it had reported as synced")
            replicaGone(chunk, actor, isFault: true)
        }
        oracles.check(.durableAcknowledgement, at: now, true, "")
        let unknown = chunkDisks[slot].reconcile(with: found, pending: pending)
        // Also what was deleted, where the deletion did not last.
        for chunk in found.map(\.chunk) { resurrected(chunk, slot, isReachable: true) }
        for chunk in unknown {
            oracles.check(
                .inventoryTruth, at: now, false,
                "the disk of node \(actor) gave back chunk \(chunk), which it was not given")
        }
    }

    /// A backend's ledger was read back after a start.
    private mutating func recovered(_ blocks: [[UInt8]], _ slot: Int) {
        let fresh = logDisks[slot].reconcile(with: blocks)
        oracles.check(
            .ledger, at: now, fresh != nil,
            "backend \(slot): a block that its disk had reported as synced is gone or differs")
        for block in fresh ?? [] { readBlock(block, slot) }
    }

    // MARK: Inspection

    /// Looks at a node as it is between two inputs.
    package mutating func inspect(_ node: StorageNode, _ run: StagedRun) {
        guard isCurrent(run), participants[Int(run.actor)].kind == .node else { return }
        let slot = Int(participants[Int(run.actor)].slot)
        nodes[slot] = node
        inspectNode(slot)
    }

    /// Compares what a node's real disk holds, once the node has stopped, with the books: which
    /// chunks, and which of them are not what their names say.
    package mutating func audit(_ actor: UInt32, found: [StoredChunk], damaged: [ChunkID]) {
        let slot = Int(participants[Int(actor)].slot)
        let present = Dictionary(
            found.map { ($0.chunk, $0) }, uniquingKeysWith: { first, _ in first })
        for chunk in durableReplicas[slot] {
            oracles.check(
                .inventoryTruth, at: now, present[chunk] != nil && !damaged.contains(chunk),
                "the disk of node \(actor) does not hold chunk \(chunk), which it reported as synced"
            )
        }
        for chunk in found.map(\.chunk) {
            let isBeingWritten =
                stage?.writes[actor]?.values.contains { $0.stored.chunk == chunk } ?? false
            oracles.check(
                .inventoryTruth, at: now,
                chunkDisks[slot].replicas[chunk] != nil || isBeingWritten,
                "the disk of node \(actor) holds chunk \(chunk), which was deleted or never written"
            )
        }
    }

    /// Compares a backend's real ledger, once it has stopped, with the books.
    package mutating func audit(_ actor: UInt32, blocks: [[UInt8]]) {
        let slot = Int(participants[Int(actor)].slot)
        recovered(blocks, slot)
    }
}

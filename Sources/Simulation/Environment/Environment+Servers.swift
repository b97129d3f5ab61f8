import Observation
package import Primitives
package import Roles

/// The one of a server's runs that something is told of. What a former run did means nothing.
package struct ServerRun: Sendable, Hashable {
    package var actor: UInt32
    package var epoch: UInt32
}

/// What servers do that run elsewhere, as whoever runs them tells it.
extension Environment {
    /// What is to be done, in order; forgotten then.
    package mutating func takeOrders() -> [ServerOrder] {
        defer { orders = [] }
        return orders
    }

    /// Whether a run goes on.
    package func isCurrent(_ run: ServerRun) -> Bool { self[run.actor].runs(run.epoch) }

    /// Whether the one that goes by a name runs.
    package func isUp(_ peer: PeerID) -> Bool {
        observer.actor(peer).map { self[$0].isUp } ?? false
    }

    // MARK: Messages

    /// A server sent a message. Answers to users are told by `answer` instead.
    package mutating func sent(_ message: Message, by run: ServerRun, to peer: PeerID) {
        guard isCurrent(run), let to = observer.actor(peer), self[to].kind != .user else { return }
        events &+= 1
        let bytes = message.byteCounts
        observer.sent(message, bytes, from: run.actor, to: to, at: now)
        guard now < settleStart else { return }
        bytesBetweenServers += UInt64(bytes.control + bytes.payload)
    }

    /// A backend's answer sets out for a user.
    package mutating func answer(
        _ answer: Answer, _ call: CallID, from backend: UInt32, to user: UInt32
    ) {
        guard self[backend].isUp else { return }
        effects.answer(answer, to: PeerID(UInt64(user)), call: call)
        applyEffects(of: backend)
    }

    /// What the network does to a message that a server sends another: how long each copy of it is under
    /// way; none when it is lost, or its receiver is down.
    package mutating func passage(of message: Message, from: UInt32, to: PeerID) -> [Duration] {
        observer.actor(to).map { passage(of: message, from: from, to: $0) } ?? []
    }

    /// The same of what a server is sent.
    package mutating func passage(of message: Message, from: PeerID, to: UInt32) -> [Duration] {
        observer.actor(from).map { passage(of: message, from: $0, to: to) } ?? []
    }

    /// Whether a connection between two was cut by now.
    package func isCut(from: UInt32, to: PeerID) -> Bool {
        observer.actor(to).map { network.isCut(from: from, to: $0) } ?? false
    }

    private mutating func passage(of message: Message, from: UInt32, to: UInt32) -> [Duration] {
        let passage = passage(from: from, to: to)
        guard !passage.isLost, self[to].isUp else { return [] }
        let bytes = message.byteCounts.payload
        let first =
            bytes == 0
            ? passage.latency
            : transferEnd(bytes: bytes, from: from, to: to, latency: passage.latency) - now
        return passage.isDoubled ? [first, passage.latency * 2] : [first]
    }

    // MARK: Notes and departures

    package mutating func noted(_ note: Note, by run: ServerRun) {
        if isCurrent(run) { observer.noted(note, by: run.actor, at: now) }
    }

    package mutating func queued(repairs: Int, by run: ServerRun) {
        if isCurrent(run) { observer.queued(repairs: repairs, by: run.actor) }
    }

    /// A node has left for good.
    package mutating func hasLeft(_ run: ServerRun) { if isCurrent(run) { left(run.actor) } }

    // MARK: Disks

    /// A server is about to ask this of its disk.
    package mutating func requested(_ request: DiskRequest, by run: ServerRun) {
        if isCurrent(run) { observer.requested(request, by: run.actor, at: now) }
    }

    /// A disk reported this, which the server is about to hear.
    package mutating func reported(_ event: DiskEvent, by run: ServerRun) {
        guard isCurrent(run) else { return }
        events &+= 1
        switch event {
        case .wrote(let token, let outcome):
            observer.wrote(token: token, outcome, by: run.actor, at: now)
        case .synced: observer.synced(by: run.actor, at: now)
        case .recoveredChunks(let found): observer.recovered(chunks: found, by: run.actor, at: now)
        case .recoveredLog(let blocks): observer.recovered(blocks: blocks, by: run.actor, at: now)
        case .read, .readBlock: break
        }
    }

    // MARK: Inspection

    /// Looks at a node as it is between two inputs.
    package mutating func inspect(_ node: StorageNode, _ run: ServerRun) {
        if isCurrent(run) { observer.inspect(node, run.actor, at: now) }
    }

    /// Looks at a backend once all is over.
    package mutating func inspectAtRest(_ backend: Backend, _ actor: UInt32) {
        observer.inspectAtRest(backend, actor, isLossless: configuration.network.loss == 0, at: now)
    }

    /// Looks at a discovery once all is over.
    package mutating func inspectAtRest(_ discovery: Discovery, _ actor: UInt32) {
        observer.inspectAtRest(
            discovery, actor, isLossless: configuration.network.loss == 0, at: now)
    }
}

import Observation
import Primitives
import Roles

/// Participants starting, crashing, coming back and leaving for good.
extension Environment {
    /// Starts a participant's present run.
    mutating func start(_ actor: UInt32) {
        guard self[actor].kind != .user else { return handle(.start, byUser: actor) }
        orders.append(.start(ServerRun(actor: actor, epoch: self[actor].epoch)))
        // Its operator has not changed their mind.
        if !faults.departures(of: actor).isEmpty { orders.append(.leave(actor)) }
    }

    /// A new, empty node joins.
    mutating func join(domain: UInt32, region: UInt8) {
        let index = add(.node, slot: nodeIndices.count, region: region, domain: domain)
        nodeIndices.append(index)
        orders.append(.join(index))
        // Nodes do not start in step: each begins somewhere within a heartbeat interval.
        queue.schedule(
            .starts(index),
            at: now
                + self[index].latencyStream.upTo(
                    configuration.settings.heartbeatInterval))
        beginLife(of: index)
    }

    /// One more reason for a participant not to run. The first one crashes it: what its disk had not
    /// synced is lost. Returns whether that was so.
    @discardableResult
    mutating func goDown(_ actor: UInt32) -> Bool {
        guard !self[actor].isGone else { return false }
        self[actor].downReasons += 1
        guard self[actor].downReasons == 1 else { return false }
        self[actor].epoch += 1
        observer.wentDown(actor, at: now)
        loseTransfers { $0 == actor || $1 == actor }
        if self[actor].kind != .user { orders.append(.crash(actor)) }
        return true
    }

    /// One reason less. With the last one gone, it starts again.
    mutating func comeUp(_ actor: UInt32) {
        guard !self[actor].isGone, self[actor].downReasons > 0 else { return }
        self[actor].downReasons -= 1
        guard self[actor].downReasons == 0 else { return }
        observer.cameUp(actor, at: now)
        start(actor)
    }

    /// A node is gone for ever, and its disk with it.
    mutating func destroy(_ actor: UInt32, isFault: Bool) {
        guard !self[actor].isGone else { return }
        observer.destroyed(actor, isFault: isFault, at: now)
        self[actor].isGone = true
        self[actor].epoch += 1
        loseTransfers { $0 == actor || $1 == actor }
        orders.append(.destroy(actor))
    }

    /// A node left in order, having handed over what it held.
    mutating func left(_ actor: UInt32) {
        observer.suffered(\.nodesLeft)
        for fault in faults.departures(of: actor) { observer.felt(fault: fault) }
        destroy(actor, isFault: false)
    }
}

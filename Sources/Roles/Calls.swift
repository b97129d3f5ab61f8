package import Primitives

/// The requests that a role waits for: turns an answer or a timeout back into what it is for.
package struct Calls<Context: Sendable>: Sendable {
    private var pending: [CallID: (peer: PeerID, context: Context)] = [:]
    private var last: UInt64

    /// Ids start at a random place, so that a late answer to a former run means nothing.
    package init(random: inout RandomSource) { last = random.next() }

    package var count: Int { pending.count }

    /// What those that are open are for, in no order.
    var contexts: some Sequence<Context> { pending.values.lazy.map(\.context) }

    /// Opens a call to a peer.
    package mutating func open(to peer: PeerID, _ context: Context) -> CallID {
        repeat { last &+= 1 } while last == CallID.none.raw || pending[CallID(last)] != nil
        let call = CallID(last)
        pending[call] = (peer, context)
        return call
    }

    /// Asks a peer something, whose timeout comes back as `Timer(.callTimeout, call)`.
    mutating func ask(
        _ request: Request, of peer: PeerID, for context: Context, timeout: Duration,
        effects: inout Effects
    ) {
        effects.request(request, to: peer, call: open(to: peer, context), timeout: timeout)
    }

    /// Closes a call that was answered. Nil unless it is open and `peer` is the one that was asked.
    package mutating func close(_ call: CallID, from peer: PeerID) -> Context? {
        guard let entry = pending[call], entry.peer == peer else { return nil }
        pending[call] = nil
        return entry.context
    }

    /// Closes a call whose time is up. Nil when it was answered before.
    package mutating func expire(_ call: CallID) -> (peer: PeerID, context: Context)? {
        pending.removeValue(forKey: call)
    }
}

import Live
import Primitives
import Roles
import Simulation
import Storage
import Synchronization

/// The world that servers on sockets act out: it runs in their time and keeps the books of all that
/// they do.
final class Shadow: Sendable {
    private struct State {
        var world: World
        /// The longest that anything was done after it was due.
        var worstDelay = Duration.zero
        /// Until then the pacemaker sleeps.
        var wakesAt = Instant.origin
    }

    let clock: Clock
    let alarm = Alarm()
    private let state: Mutex<State>

    init(_ configuration: WorldConfiguration, clock: Clock) {
        self.clock = clock
        state = Mutex(State(world: .acted(configuration)))
    }

    /// The world as it is left, and the longest that anything was done after it was due.
    func final() -> (world: World, worstDelay: Duration) {
        state.withLock { ($0.world, $0.worstDelay) }
    }

    /// Brings the world up to the present, then tells it something or asks it.
    func tell<Result: Sendable>(_ body: (inout World) -> Result) -> Result {
        let (result, isEarly) = state.withLock { state in
            Self.advance(&state, to: clock.now)
            let result = body(&state.world)
            let next = state.world.nextEventAt ?? .distantFuture
            return (result, state.world.hasOrders || next < state.wakesAt)
        }
        if isEarly { alarm.ring() }
        return result
    }

    /// Brings the world up to the present. Returns its orders, and when it wants to be looked at next.
    func pace() -> (orders: [StageOrder], next: Instant) {
        state.withLock { state in
            Self.advance(&state, to: clock.now)
            state.wakesAt = state.world.nextEventAt ?? .distantFuture
            return (state.world.takeOrders(), state.wakesAt)
        }
    }

    private static func advance(_ state: inout State, to now: Instant) {
        // Nothing is due once it is over. Threads read the clock before they take the lock, so that
        // their times may cross.
        let now = min(max(now, state.world.now), state.world.end)
        if let due = state.world.nextEventAt, now > due {
            state.worstDelay = max(state.worstDelay, now - due)
        }
        state.world.run(until: now)
    }

    /// Waits for a duration of the world's time.
    func sleep(_ duration: Duration) async {
        let nanoseconds = clock.nanosecondsToWait(duration)
        guard nanoseconds > 0 else { return }
        try? await Task.sleep(nanoseconds: UInt64(nanoseconds))
    }

    /// What is put around a server that acts a run.
    func surroundings(of run: StagedRun) -> Surroundings {
        var surroundings = Surroundings()
        surroundings.disk = { ShadowedDisk(real: $0, shadow: self, run: run) }
        surroundings.transport = { ShadowedTransport(real: $0, shadow: self, run: run) }
        surroundings.observe = { observation in
            switch observation {
            case .note(let note): self.tell { $0.saw(note, by: run) }
            case .sent(let message, let peer):
                self.tell { $0.saw(message, by: run, to: peer) }
            case .unreachable: break
            }
        }
        return surroundings
    }
}

/// A real disk of which the world hears.
private struct ShadowedDisk: Disk {
    let real: any Disk
    let shadow: Shadow
    let run: StagedRun

    func perform(
        _ requests: [DiskRequest], complete: @escaping @Sendable (DiskEvent) -> Void
    ) {
        shadow.tell { world in
            for request in requests { world.saw(request, by: run) }
        }
        real.perform(requests) { event in
            shadow.tell { $0.saw(event, by: run) }
            complete(event)
        }
    }

    func close() async { await real.close() }
    func abandon() async { await real.abandon() }
}

/// A real connection on which the world's network works: its latencies, losses and cuts, on top of
/// what the real one takes.
private struct ShadowedTransport: Transport {
    let real: any Transport
    let shadow: Shadow
    let run: StagedRun

    func send(_ request: Roles.Request, to peer: PeerID) async throws -> Answer? {
        let message = Message.request(request)
        let ways = shadow.tell { $0.passage(of: message, from: $0.peer(of: run.actor), to: peer) }
        // Lost, or to a machine that is off: nobody refuses, and nobody answers.
        guard let way = ways.first else { return nil }
        for way in ways.dropFirst() {
            Task {
                await shadow.sleep(way)
                _ = try? await real.send(request, to: peer)
            }
        }
        await shadow.sleep(way)
        let answer: Answer?
        do {
            answer = try await real.send(request, to: peer)
        } catch {
            // A machine that went off meanwhile says nothing either.
            guard shadow.tell({ $0.isUp(peer) }) else { return nil }
            throw error
        }
        guard let answer else { return nil }
        let back = shadow.tell {
            $0.passage(of: .answer(answer), from: peer, to: $0.peer(of: run.actor))
        }
        guard let way = back.first else { return nil }
        await shadow.sleep(way)
        return answer
    }
}

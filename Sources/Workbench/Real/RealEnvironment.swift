import Primitives
import Roles
import Server
import Simulation
import Storage
import Synchronization

/// The environment of servers on sockets: it runs in their time, and is told of all that they do.
final class RealEnvironment: Sendable {
    private struct State {
        var environment: Environment
        /// The longest that anything was done after it was due.
        var worstDelay = Duration.zero
        /// Until then the pacemaker sleeps.
        var wakesAt = Instant.origin
        /// Nothing is held up any more.
        var isOver = false
    }

    let clock: Clock
    let alarm = Alarm()
    private let state: Mutex<State>
    /// What the scenario has participants be in for a while.
    let conditions: [Condition]

    init(_ configuration: WorldConfiguration, clock: Clock) {
        self.clock = clock
        conditions = configuration.faults.compactMap { $0.kind.condition }
        var environment = Environment(configuration)
        environment.begin()
        state = Mutex(State(environment: environment))
    }

    /// The environment as it is left, and the longest that anything was done after it was due.
    func final() -> (environment: Environment, worstDelay: Duration) {
        state.withLock { ($0.environment, $0.worstDelay) }
    }

    /// Brings the environment up to the present, then tells it something or asks it.
    func tell<Result: Sendable>(_ body: (inout Environment) -> Result) -> Result {
        let (result, isEarly) = state.withLock { state in
            Self.advance(&state, to: clock.now)
            let result = body(&state.environment)
            let next = state.environment.nextEventAt ?? .distantFuture
            return (result, !state.environment.orders.isEmpty || next < state.wakesAt)
        }
        if isEarly { alarm.ring() }
        return result
    }

    /// Brings the environment up to the present. Returns its orders, and when it wants to be looked at next.
    func pace() -> (orders: [ServerOrder], next: Instant) {
        state.withLock { state in
            Self.advance(&state, to: clock.now)
            state.wakesAt = state.environment.nextEventAt ?? .distantFuture
            return (state.environment.takeOrders(), state.wakesAt)
        }
    }

    private static func advance(_ state: inout State, to now: Instant) {
        // Nothing is due once it is over. Threads read the clock before they take the lock, so that
        // their times may cross.
        let now = min(max(now, state.environment.now), state.environment.end)
        if let due = state.environment.nextEventAt, now > due {
            state.worstDelay = max(state.worstDelay, now - due)
        }
        state.environment.run(until: now)
    }

    /// Lets go of what is held up, since all servers are to stop.
    func release() { state.withLock { $0.isOver = true } }

    /// Whether what a server's run does may still be held up.
    func holds(_ run: ServerRun) -> Bool {
        state.withLock { !$0.isOver && $0.environment.isCurrent(run) }
    }

    /// Waits for a duration of the environment's time.
    func sleep(_ duration: Duration) async {
        let nanoseconds = clock.nanosecondsToWait(duration)
        guard nanoseconds > 0 else { return }
        try? await Task.sleep(nanoseconds: UInt64(nanoseconds))
    }

    /// Tells the environment what a server's run does, and shapes what it sends.
    func instrumentation(of run: ServerRun) -> Instrumentation {
        var instrumentation = Instrumentation()
        instrumentation.disk = { ObservedDisk(real: $0, environment: self, run: run) }
        instrumentation.transport = { ShapedTransport(real: $0, environment: self, run: run) }
        instrumentation.observe = { observation in
            switch observation {
            case .note(let note): self.tell { $0.noted(note, by: run) }
            case .sent(let message, let peer): self.tell { $0.sent(message, by: run, to: peer) }
            case .unreachable: break
            }
        }
        afflict(&instrumentation, of: run)
        return instrumentation
    }
}

/// A real disk of which the environment is told.
private struct ObservedDisk: Disk {
    let real: any Disk
    let environment: RealEnvironment
    let run: ServerRun

    func perform(_ requests: [DiskRequest], complete: @escaping @Sendable (DiskEvent) -> Void) {
        environment.tell { environment in
            for request in requests { environment.requested(request, by: run) }
        }
        real.perform(requests) { event in
            environment.tell { $0.reported(event, by: run) }
            complete(event)
        }
    }

    func close() async { await real.close() }
    func abandon() async { await real.abandon() }
}

/// A real connection under the conditions of the environment's network: its latencies, losses and
/// cuts, on top of what the real one takes.
private struct ShapedTransport: Transport {
    let real: any Transport
    let environment: RealEnvironment
    let run: ServerRun

    func send(_ request: Roles.Request, to peer: PeerID) async throws -> Answer? {
        let ways = environment.tell { $0.passage(of: .request(request), from: run.actor, to: peer) }
        // Lost, or to a machine that is off: nobody refuses, and nobody answers.
        guard let way = ways.first else { return nil }
        for way in ways.dropFirst() {
            Task {
                await environment.sleep(way)
                _ = try? await real.send(request, to: peer)
            }
        }
        await environment.sleep(way)
        // Cut meanwhile.
        guard !environment.tell({ $0.isCut(from: run.actor, to: peer) }) else { return nil }
        let answer: Answer?
        do {
            answer = try await real.send(request, to: peer)
        } catch {
            // A machine that went off meanwhile says nothing either.
            guard environment.tell({ $0.isUp(peer) }) else { return nil }
            throw error
        }
        guard let answer else { return nil }
        let back = environment.tell { $0.passage(of: .answer(answer), from: peer, to: run.actor) }
        guard let way = back.first else { return nil }
        await environment.sleep(way)
        return answer
    }
}

package import NIOCore
package import Primitives
package import Roles
package import Storage

/// Drives one role in the real world: feeds it what arrives from sockets, timers and its disk, one
/// input at a time, and carries out the effects that it wants.
///
/// The counterpart of the simulated `World`; a role cannot tell which of them runs it. It lives on an
/// event loop, which serves as its executor and keeps its timers.
package actor Host<R: Role> {
    package nonisolated let id: PeerID
    private let loop: any EventLoop
    private let executor: any SerialExecutor
    private let tasks: LoopExecutor
    private let clock: Clock
    private var disk: (any Disk)?
    private let transport: any Transport
    private let observe: (@Sendable (HostObservation) -> Void)?
    private let hangsFor: (@Sendable () -> Int64?)?

    private var role: R
    private var random: RandomSource
    private var effects = Effects()
    /// Requests from outside that the role has not answered yet.
    private var waiting: [CallID: Waiting] = [:]
    private var lastCall: UInt64 = 0
    private var timers = TimerQueue()
    /// What arrived since it hangs, oldest first.
    private var held: [Input] = []
    private var sweepIsDue = false
    private var isStopped = false
    private var hasLeft: [CheckedContinuation<Bool, Never>] = []
    private var roleStopped = false

    private struct Waiting {
        var continuation: CheckedContinuation<Answer?, Never>
        var deadline: NIODeadline
    }

    /// Between two looks for requests that waited too long. A loop that kept a timer for each would be
    /// slow to cancel any.
    private static var sweepInterval: TimeAmount { .milliseconds(50) }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    package init(
        _ role: R, id: PeerID, on loop: any EventLoop, clock: Clock, random: RandomSource,
        disk: (any Disk)?, transport: any Transport,
        observe: (@Sendable (HostObservation) -> Void)? = nil,
        hangsFor: (@Sendable () -> Int64?)? = nil
    ) {
        self.role = role
        self.id = id
        self.loop = loop
        self.executor = loop.executor
        tasks = LoopExecutor(loop)
        self.clock = clock
        self.random = random
        self.disk = disk
        self.transport = transport
        self.observe = observe
        self.hangsFor = hangsFor
    }

    /// Gives the role its first input.
    package func start() { feed(.start) }

    /// Looks at the role between two inputs.
    package func read<Result: Sendable>(_ body: @Sendable (borrowing R) -> Result) -> Result {
        body(role)
    }

    /// Hands over a request and waits for the role's answer. Nil when it did not answer in time, in
    /// the host's clock, or the host stopped.
    package func receive(
        _ request: Roles.Request, from peer: PeerID, timeout: Duration
    ) async -> Answer? {
        guard !isStopped else { return nil }
        lastCall += 1
        let call = CallID(lastCall)
        let deadline = NIODeadline.now() + .nanoseconds(clock.nanosecondsToWait(timeout))
        return await withCheckedContinuation { continuation in
            scheduleSweep()
            waiting[call] = Waiting(continuation: continuation, deadline: deadline)
            feed(.request(from: peer, call: call, request))
        }
    }

    /// Hands over a request that has no answer.
    package func receive(_ request: Roles.Request, from peer: PeerID) {
        feed(.request(from: peer, call: .none, request))
    }

    /// Tells a node's role of a backend that joined the network.
    package func meet(backend: PeerID) { feed(.backend(backend)) }

    /// Tells a node's role that a backend is no more.
    package func forget(backend: PeerID) { feed(.forget(backend)) }

    /// Has a node take back what was deleted from it since then.
    package func undelete(since: Instant) { feed(.undelete(since: since)) }

    /// Has a node leave for good, and waits until the role has. False when the host stopped first.
    @discardableResult
    package func leave() async -> Bool {
        feed(.leave)
        guard !roleStopped, !isStopped else { return roleStopped }
        return await withCheckedContinuation { hasLeft.append($0) }
    }

    /// Feeds the role nothing more, and closes its disk.
    package func stop() async {
        guard !isStopped else { return }
        end()
        await disk?.close()
    }

    /// Feeds the role nothing more, and lets go of its disk as if the process had been killed.
    package func abandon() async {
        guard !isStopped else { return }
        end()
        await disk?.abandon()
    }

    private func end() {
        isStopped = true
        for call in waiting.keys { answer(call, nil) }
        resumeLeaving()
    }

    // MARK: Feeding

    private func feed(_ input: Input) {
        guard !isStopped else { return }
        guard held.isEmpty, !hangs() else { return held.append(input) }
        role.handle(input, at: clock.now, random: &random, effects: &effects)
        apply()
    }

    /// Whether no input is handled now. It is looked at again when that is to end.
    private func hangs() -> Bool {
        guard let nanoseconds = hangsFor?() else { return false }
        schedule(.resumption, at: .now() + .nanoseconds(nanoseconds))
        return true
    }

    private func resume() {
        guard !hangs() else { return }
        let inputs = held
        held = []
        for input in inputs { feed(input) }
    }

    private func apply() {
        for index in effects.sends.indices { send(effects.sends[index]) }
        for request in effects.timers {
            let delay = TimeAmount.nanoseconds(clock.nanosecondsToWait(request.after))
            schedule(.timer(request.timer), at: .now() + delay)
        }
        if let observe { for note in effects.notes { observe(.note(note)) } }
        if !effects.disk.isEmpty, let disk {
            disk.perform(effects.disk) { [loop] event in
                loop.execute { self.assumeIsolated { $0.feed(.disk(event)) } }
            }
        }
        if effects.stops {
            roleStopped = true
            resumeLeaving()
        }
        effects.removeAll()
    }

    private func resumeLeaving() {
        for continuation in hasLeft { continuation.resume(returning: roleStopped) }
        hasLeft = []
    }

    private func send(_ send: Effects.Send) {
        observe?(.sent(send.message, to: send.to))
        let request: Roles.Request
        switch send.message {
        case .answer(let message): return answer(send.call, message)
        case .request(let message): request = message
        }
        let transport = transport
        Task(executorPreference: tasks) {
            do {
                guard let answer = try await transport.send(request, to: send.to) else { return }
                await self.feed(.answer(from: send.to, call: send.call, answer))
            } catch {
                self.observe?(.unreachable(send.to, error))
                // The role need not wait for what will not come.
                if send.call != .none {
                    await self.feed(.timer(Timer(.callTimeout, send.call.raw)))
                }
            }
        }
    }

    private func answer(_ call: CallID, _ message: Answer?) {
        waiting.removeValue(forKey: call)?.continuation.resume(returning: message)
    }

    // MARK: Time

    private func schedule(_ due: TimerQueue.Due, at deadline: NIODeadline) {
        timers.add(due, at: deadline)
        askToBeWoken()
    }

    private func askToBeWoken() {
        guard let deadline = timers.nextAlarm() else { return }
        loop.scheduleTask(deadline: deadline) {
            self.assumeIsolated { $0.wake(by: deadline) }
        }
    }

    /// Does what is due.
    private func wake(by alarm: NIODeadline) {
        guard !isStopped, timers.rings(alarm) else { return }
        while let due = timers.next(at: .now()) {
            switch due {
            case .timer(let timer): feed(.timer(timer))
            case .sweep: sweep()
            case .resumption: resume()
            }
        }
        askToBeWoken()
    }

    private func scheduleSweep() {
        guard !sweepIsDue else { return }
        sweepIsDue = true
        schedule(.sweep, at: .now() + Self.sweepInterval)
    }

    /// Gives up on requests that waited too long.
    private func sweep() {
        sweepIsDue = false
        let now = NIODeadline.now()
        for (call, waiting) in waiting where waiting.deadline <= now { answer(call, nil) }
        if !waiting.isEmpty { scheduleSweep() }
    }
}

/// What happened to a role, for measurements and logs.
package enum HostObservation: Sendable {
    case note(Note)
    case sent(Message, to: PeerID)
    case unreachable(PeerID, any Error)
}

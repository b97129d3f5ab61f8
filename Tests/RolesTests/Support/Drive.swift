import Primitives
import Roles

/// Drives one role by hand: hands it inputs, keeps its clock and its timers, lets a small disk in
/// memory do what it asks of one, and keeps what it sends and notes for the test to look at.
struct Drive<R: Role> {
    var role: R
    var disk = MemoryDisk()
    private(set) var now = Instant.origin
    /// What the role sent since the test last took it, oldest first.
    private(set) var sent: [Effects.Send] = []
    /// What the role noted since the test last took it.
    private(set) var notes: [Note] = []
    private(set) var hasStopped = false
    /// The next one last.
    private var timers: [(due: Instant, timer: Timer)] = []
    private var random: RandomSource
    private var effects = Effects()

    init(_ role: R, seed: UInt64 = 1) {
        self.role = role
        random = RandomSource(seed: seed, who: 1, purpose: 1)
    }

    // MARK: Inputs

    /// Starts the role; its disk tells what it holds.
    mutating func start() { handle(.start) }

    /// The role's run ends and another begins: what the disk had not synced is lost, as are timers.
    mutating func restart(as fresh: R) {
        role = fresh
        disk.crash()
        timers = []
        _ = takeSent()
        start()
    }

    /// Hands the role a request and returns what it sent because of it, the disk's work included.
    @discardableResult
    mutating func receive(
        _ request: Request, from peer: PeerID, call: CallID = CallID(7)
    ) -> [Effects.Send] {
        handle(.request(from: peer, call: call, request))
    }

    /// Hands the role an answer, likewise.
    @discardableResult
    mutating func hear(
        _ answer: Answer, from peer: PeerID, call: CallID = CallID(7)
    ) -> [Effects.Send] {
        handle(.answer(from: peer, call: call, answer))
    }

    @discardableResult
    mutating func handle(_ input: Input) -> [Effects.Send] {
        let before = sent.count
        feed(input)
        settleDisk()
        return Array(sent[before...])
    }

    /// Lets the disk do what it was holding back.
    @discardableResult
    mutating func releaseDisk() -> [Effects.Send] {
        let before = sent.count
        disk.release()
        settleDisk()
        return Array(sent[before...])
    }

    // MARK: Time

    /// When the next timer is due.
    var nextTimer: Instant? { timers.last?.due }

    /// Moves the clock to the next timer and fires it.
    mutating func fireNextTimer() {
        guard let (due, timer) = timers.popLast() else { return }
        now = max(now, due)
        handle(.timer(timer))
    }

    /// Moves the clock without firing what is due meanwhile.
    mutating func moveClock(to instant: Instant) { now = max(now, instant) }

    /// Lets time pass, firing every timer on its way. Returns what was sent.
    @discardableResult
    mutating func advance(by span: Duration) -> [Effects.Send] {
        let before = sent.count
        let end = now + span
        while let due = nextTimer, due <= end { fireNextTimer() }
        now = end
        return Array(sent[before...])
    }

    // MARK: Effects

    mutating func takeSent() -> [Effects.Send] {
        defer { sent = [] }
        return sent
    }

    mutating func takeNotes() -> [Note] {
        defer { notes = [] }
        return notes
    }

    /// Timers that are due together fire in the order in which they were set.
    private mutating func set(_ timer: Timer, due: Instant) {
        var low = 0
        var high = timers.count
        while low < high {
            let middle = (low + high) / 2
            if timers[middle].due <= due { high = middle } else { low = middle + 1 }
        }
        timers.insert((due, timer), at: low)
    }

    private mutating func settleDisk() {
        while let event = disk.nextEvent() { feed(.disk(event)) }
    }

    private mutating func feed(_ input: Input) {
        role.handle(input, at: now, random: &random, effects: &effects)
        sent += effects.sends
        notes += effects.notes
        for request in effects.timers { set(request.timer, due: now + request.after) }
        for request in effects.disk { disk.take(request) }
        if effects.stops { hasStopped = true }
        effects.removeAll()
    }
}

import Observation
package import Primitives
import Roles

/// Delivering events.
extension Environment {
    /// When something is due next.
    package var nextEventAt: Instant? { queue.nextAt }

    /// Lets the time until then pass. What is for servers is left as orders.
    package mutating func run(until: Instant) {
        while let at = queue.nextAt, at <= until {
            let (kind, slot) = takeKey()
            switch kind {
            case .message:
                guard let delivery = takeDelivery(slot) else { continue }
                switch delivery.message {
                case .request(let request):
                    orders.append(
                        .deliver(request, delivery.call, from: delivery.from, to: delivery.to))
                case .answer(let answer):
                    let backend = PeerID(UInt64(delivery.from))
                    handle(.answer(from: backend, call: delivery.call, answer), byUser: delivery.to)
                }
            case .timer:
                if let alarm = takeAlarm(slot) { handle(.timer(alarm.timer), byUser: alarm.actor) }
            case .disk: preconditionFailure("no disk of a server's is simulated here")
            case .environment: happen(queue.takeEnvironmentEvent(slot))
            }
        }
        now = max(now, until)
    }

    /// Takes the next event's key: its time has come.
    @inline(__always)
    mutating func takeKey() -> (kind: EventQueue.Kind, slot: Int) {
        let (at, kind, slot) = queue.popKey()
        now = at
        events &+= 1
        return (kind, slot)
    }

    /// A message that arrives; nil where nobody is there to take it.
    @inline(__always)
    mutating func takeDelivery(_ slot: Int) -> EventQueue.Delivery? {
        let delivery = queue.takeDelivery(slot)
        if participants[Int(delivery.to)].isAfflicted, let later = hangsUntil(delivery.to) {
            queue.schedule(delivery, at: later)
            return nil
        }
        stir(UInt64(delivery.from) << 32 | UInt64(delivery.to), delivery.message.fingerprint)
        return participants[Int(delivery.to)].isUp && delivery.from != delivery.to ? delivery : nil
    }

    /// A timer that is due; nil where its run is over.
    @inline(__always)
    mutating func takeAlarm(_ slot: Int) -> EventQueue.Alarm? {
        let alarm = queue.takeAlarm(slot)
        if participants[Int(alarm.actor)].isAfflicted, let later = hangsUntil(alarm.actor) {
            queue.schedule(alarm, at: later)
            return nil
        }
        stir(UInt64(alarm.actor) | UInt64(alarm.timer.kind.rawValue) << 40, alarm.timer.token)
        return participants[Int(alarm.actor)].runs(alarm.epoch) ? alarm : nil
    }

    /// What a simulated disk reports; nil where it is to a run that is over.
    mutating func takeCompletion(_ slot: Int) -> EventQueue.Completion? {
        let completion = queue.takeCompletion(slot)
        if participants[Int(completion.actor)].isAfflicted, let later = hangsUntil(completion.actor)
        {
            queue.schedule(completion, at: later)
            return nil
        }
        stir(UInt64(completion.actor) | 1 << 60, UInt64(completion.epoch))
        return participants[Int(completion.actor)].runs(completion.epoch) ? completion : nil
    }

    /// Stirs what was delivered, to whom, and when into the digest.
    @inline(__always)
    private mutating func stir(_ a: UInt64, _ b: UInt64) {
        var word = (digest ^ UInt64(bitPattern: now.nanoseconds)) &* 0x9E37_79B9_7F4A_7C15
        word = (word ^ word >> 32 ^ a) &* 0xD6E8_FEB8_6659_FD93
        digest = (word ^ word >> 29 ^ b) &* 0xC2B2_AE3D_27D4_EB4F
    }

    // MARK: Effects

    /// Gives an input to a user and carries out what it wants.
    mutating func handle(_ input: Input, byUser actor: UInt32) {
        let slot = Int(participants[Int(actor)].slot)
        users[slot].handle(
            input, at: participants[Int(actor)].isAfflicted ? clock(of: actor) : now,
            random: &participants[Int(actor)].roleStream, effects: &effects)
        if !users[slot].reports.isEmpty { collectReports(of: slot) }
        applyEffects(of: actor)
    }

    /// Carries out the effects that have gathered.
    mutating func applyEffects(of actor: UInt32) {
        var taken = Effects()
        swap(&taken, &effects)
        apply(&taken, of: actor)
        taken.removeAll()
        swap(&taken, &effects)
    }

    /// Sends the messages and sets the timers that a participant wants.
    @inline(__always)
    mutating func apply(_ effects: inout Effects, of actor: UInt32) {
        sabotage?(PeerID(UInt64(actor)), &effects)
        // Most inputs send one message, which is moved out rather than copied.
        if effects.sends.count == 1 {
            send(effects.sends.removeLast(), from: actor)
        } else {
            for index in effects.sends.indices { sendCopy(effects.sends[index], from: actor) }
        }
        let epoch = participants[Int(actor)].epoch
        if participants[Int(actor)].isAfflicted {
            for index in effects.timers.indices {
                effects.timers[index].after = wait(effects.timers[index].after, by: actor)
            }
        }
        for request in effects.timers {
            queue.schedule(
                EventQueue.Alarm(actor: actor, epoch: epoch, timer: request.timer),
                at: now + request.after)
        }
    }

    @inline(never)
    private mutating func sendCopy(_ send: Effects.Send, from: UInt32) {
        self.send(send, from: from)
    }

    @inline(__always)
    private mutating func send(_ send: consuming Effects.Send, from: UInt32) {
        let to = UInt32(truncatingIfNeeded: send.to.raw)
        let bytes = send.message.byteCounts
        observer.sent(send.message, bytes, from: from, to: to, at: now)
        let passage = passage(from: from, to: to)
        guard !passage.isLost else { return }
        let delivery = EventQueue.Delivery(
            from: from, to: to, call: send.call, message: send.message)
        if passage.isDoubled { queue.schedule(delivery, at: now + passage.latency * 2) }
        let arrival =
            bytes.payload == 0
            ? now + passage.latency
            : transferEnd(bytes: bytes.payload, from: from, to: to, latency: passage.latency)
        queue.schedule(delivery, at: handlingTakesTime ? handled(by: to, from: arrival) : arrival)
    }

    /// When a message is handled that arrives at some time: once all are that were sent before.
    private mutating func handled(by actor: UInt32, from arrival: Instant) -> Instant {
        let handling = link(of: actor).handling
        guard handling > .zero else { return arrival }
        let handled = max(arrival, participants[Int(actor)].handled) + handling
        participants[Int(actor)].handled = handled
        return handled
    }

    /// Connections are cut, by a fault or since somebody went down, while bodies are under way on them:
    /// those are lost.
    mutating func loseTransfers(to fault: Int? = nil, where isCut: (UInt32, UInt32) -> Bool) {
        let count = queue.lose {
            isCut($0.from, $0.to) && $0.message.byteCounts.payload > 0
        }
        for _ in 0..<count {
            observer.lostMessage()
            if let fault { observer.felt(fault: fault) }
        }
    }

    /// What the network does to a message that sets out now.
    @inline(__always)
    mutating func passage(from: UInt32, to: UInt32) -> Network.Passage {
        let receiver = (participants[Int(to)].region, participants[Int(to)].domain)
        let passage = network.passage(
            from: from, at: &participants[Int(from)], to: to, at: receiver)
        if let fault = passage.fault { observer.felt(fault: fault) }
        if passage.isLost { observer.lostMessage() }
        return passage
    }

    /// When the last byte of a payload arrives: it queues for the sender's uplink, travels, and
    /// queues for the receiver's downlink, where those are said to be so fast and no faster.
    mutating func transferEnd(bytes: Int, from: UInt32, to: UInt32, latency: Duration) -> Instant {
        var arrival = now + latency
        if let rate = link(of: from).uploadBytesPerSecond {
            let sent =
                max(now, participants[Int(from)].uplinkFree)
                + transferTime(of: bytes, rate, by: from)
            participants[Int(from)].uplinkFree = sent
            arrival = sent + latency
        }
        if let rate = link(of: to).downloadBytesPerSecond {
            let received =
                max(now + latency, participants[Int(to)].downlinkFree)
                + transferTime(of: bytes, rate, by: to)
            participants[Int(to)].downlinkFree = received
            arrival = max(arrival, received)
        }
        return arrival
    }

    private func link(of actor: UInt32) -> LinkSettings {
        switch participants[Int(actor)].kind {
        case .node:
            LinkSettings(
                uploadBytesPerSecond: configuration.nodes.uploadBytesPerSecond,
                downloadBytesPerSecond: configuration.nodes.downloadBytesPerSecond,
                handling: configuration.nodes.handling)
        case .user: configuration.users
        case .backend: configuration.backends
        case .discovery: configuration.discoveries
        }
    }

    private mutating func transferTime(of bytes: Int, _ rate: Int, by actor: UInt32) -> Duration {
        Duration(seconds: Double(bytes) / (Double(rate) / transferFactor(of: actor)))
    }
}

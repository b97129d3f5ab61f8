package import Primitives
import Roles

/// Delivering events.
extension World {
    /// Delivers events until `until`, or until `limit` more were delivered.
    package mutating func run(until: Instant, limit: UInt64 = .max) {
        let stop = limit == .max ? .max : events + limit
        while events < stop, let at = queue.nextAt, at <= until { deliverNext() }
        if events < stop { now = max(now, until) }
    }

    @inline(__always)
    private mutating func deliverNext() {
        let (at, kind, slot) = queue.popKey()
        now = at
        events &+= 1
        switch kind {
        case .message: deliver(queue.takeDelivery(slot))
        case .timer: fire(queue.takeAlarm(slot))
        case .disk: complete(queue.takeCompletion(slot))
        case .world: happen(queue.takeWorldEvent(slot))
        }
    }

    /// Stirs what was delivered, to whom, and when into the digest.
    @inline(__always)
    private mutating func stir(_ a: UInt64, _ b: UInt64) {
        var word = (digest ^ UInt64(bitPattern: now.nanoseconds)) &* 0x9E37_79B9_7F4A_7C15
        word = (word ^ word >> 32 ^ a) &* 0xD6E8_FEB8_6659_FD93
        digest = (word ^ word >> 29 ^ b) &* 0xC2B2_AE3D_27D4_EB4F
    }

    @inline(__always)
    private mutating func deliver(_ delivery: EventQueue.Delivery) {
        stir(UInt64(delivery.from) << 32 | UInt64(delivery.to), delivery.message.fingerprint)
        guard participants[Int(delivery.to)].isUp else { return }
        let from = PeerID(UInt64(delivery.from))
        switch delivery.message {
        case .request(let request):
            handle(.request(from: from, call: delivery.call, request), by: delivery.to)
        case .answer(let answer):
            handle(.answer(from: from, call: delivery.call, answer), by: delivery.to)
        }
    }

    @inline(__always)
    private mutating func fire(_ alarm: EventQueue.Alarm) {
        stir(
            UInt64(alarm.actor) | UInt64(alarm.timer.kind.rawValue) << 40, alarm.timer.token)
        let participant = participants[Int(alarm.actor)]
        guard participant.epoch == alarm.epoch, participant.isUp else { return }
        handle(.timer(alarm.timer), by: alarm.actor)
    }

    private mutating func complete(_ completion: EventQueue.Completion) {
        stir(UInt64(completion.actor) | 1 << 60, UInt64(completion.epoch))
        let participant = participants[Int(completion.actor)]
        guard participant.epoch == completion.epoch, participant.isUp else { return }
        if case .synced = completion.event { synced(completion.actor) }
        handle(.disk(completion.event), by: completion.actor)
    }

    /// Gives an input to a participant's role and carries out what it wants.
    @inline(__always)
    mutating func handle(_ input: Input, by actor: UInt32) {
        let index = Int(actor)
        let slot = Int(participants[index].slot)
        if stage != nil, participants[index].kind != .user { return order(input, actor) }
        switch participants[index].kind {
        case .node:
            nodes[slot].handle(
                input, at: now, random: &participants[index].roleStream, effects: &effects)
        case .discovery:
            discoveries[slot].handle(
                input, at: now, random: &participants[index].roleStream, effects: &effects)
        case .backend:
            backends[slot].handle(
                input, at: now, random: &participants[index].roleStream, effects: &effects)
        case .user:
            users[slot].handle(
                input, at: now, random: &participants[index].roleStream, effects: &effects)
            if !users[slot].reports.isEmpty { collectReports(of: slot) }
        }
        apply(actor)
    }

    /// Carries out the effects that have gathered.
    @inline(__always)
    mutating func apply(_ actor: UInt32) {
        sabotage?(PeerID(UInt64(actor)), &effects)
        for index in effects.sends.indices { send(effects.sends[index], from: actor) }
        let epoch = participants[Int(actor)].epoch
        for request in effects.timers {
            queue.schedule(
                EventQueue.Alarm(actor: actor, epoch: epoch, timer: request.timer),
                at: now + request.after)
        }
        if !effects.notes.isEmpty {
            for index in effects.notes.indices { meter(effects.notes[index], by: actor) }
        }
        if !effects.disk.isEmpty { applyDisk(actor) }
        let stops = effects.stops
        effects.removeAll()
        if stops { left(actor) }
    }

    // MARK: Messages

    @inline(__always)
    private mutating func send(_ send: Effects.Send, from: UInt32) {
        let to = UInt32(truncatingIfNeeded: send.to.raw)
        observe(send.message, from: from, to: to)
        let payloadBytes = send.message.payloadByteCount
        meters.count(
            controlBytes: send.message.controlByteCount, payloadBytes: payloadBytes,
            isMeasured: isMeasured)
        let receiver = (participants[Int(to)].region, participants[Int(to)].domain)
        let passage = network.passage(
            from: from, at: &participants[Int(from)], to: to, at: receiver)
        if let fault = passage.fault { faults.count(fault) }
        if passage.isLost { meters.messagesLost += 1 }
        guard !passage.isLost else { return }
        let delivery = EventQueue.Delivery(
            from: from, to: to, call: send.call, message: send.message)
        if passage.isDoubled {
            queue.schedule(delivery, at: now + passage.latency * 2)
        }
        queue.schedule(
            delivery,
            at: payloadBytes == 0
                ? now + passage.latency
                : transferEnd(bytes: payloadBytes, from: from, to: to, latency: passage.latency))
    }

    /// When the last byte of a payload arrives: it queues for the sender's uplink, travels, and
    /// queues for the receiver's downlink. Only storage nodes have links that are worth a queue.
    mutating func transferEnd(
        bytes: Int, from: UInt32, to: UInt32, latency: Duration
    ) -> Instant {
        var arrival = now + latency
        if participants[Int(from)].kind == .node {
            let rate = Double(configuration.nodes.uploadBytesPerSecond)
            let sent =
                max(now, participants[Int(from)].uplinkFree)
                + Duration(seconds: Double(bytes) / rate)
            participants[Int(from)].uplinkFree = sent
            arrival = sent + latency
        }
        if participants[Int(to)].kind == .node {
            let rate = Double(configuration.nodes.downloadBytesPerSecond)
            let received =
                max(now + latency, participants[Int(to)].downlinkFree)
                + Duration(seconds: Double(bytes) / rate)
            participants[Int(to)].downlinkFree = received
            arrival = max(arrival, received)
        }
        return arrival
    }
}

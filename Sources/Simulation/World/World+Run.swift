import Observation
package import Primitives
import Roles

/// Delivering events.
extension World {
    /// Delivers events until `until`, or until `limit` more were delivered.
    package mutating func run(until: Instant, limit: UInt64 = .max) {
        let stop = limit == .max ? .max : events + limit
        while environment.events < stop, let at = environment.queue.nextAt, at <= until {
            deliverNext()
        }
        if environment.events < stop { environment.now = max(environment.now, until) }
    }

    @inline(__always)
    private mutating func deliverNext() {
        let (kind, slot) = environment.takeKey()
        switch kind {
        case .message:
            guard let delivery = environment.takeDelivery(slot) else { return }
            let from = PeerID(UInt64(delivery.from))
            switch delivery.message {
            case .request(let request):
                handle(.request(from: from, call: delivery.call, request), by: delivery.to)
            case .answer(let answer):
                handle(.answer(from: from, call: delivery.call, answer), by: delivery.to)
            }
        case .timer:
            guard let alarm = environment.takeAlarm(slot) else { return }
            handle(.timer(alarm.timer), by: alarm.actor)
        case .disk:
            guard let completion = environment.takeCompletion(slot) else { return }
            if case .synced = completion.event { synced(completion.actor) }
            handle(.disk(completion.event), by: completion.actor)
        case .environment:
            for (slot, actor) in environment.backendIndices.enumerated() {
                environment.observer.queued(repairs: backends[slot].repairs.count, by: actor)
            }
            let event = environment.queue.takeEnvironmentEvent(slot)
            environment.happen(event)
            carryOutOrders()
            if environment.observer.oracles.awaitsPlace { environment.observer.place(event.name) }
        }
    }

    /// Gives an input to a participant's role and carries out what it wants.
    @inline(__always)
    mutating func handle(_ input: Input, by actor: UInt32) {
        guard environment.inputSabotage == nil else { return handleSabotaged(input, by: actor) }
        take(input, by: actor)
    }

    @inline(never)
    private mutating func handleSabotaged(_ input: Input, by actor: UInt32) {
        var input = input
        environment.inputSabotage?(&input)
        take(input, by: actor)
    }

    @inline(__always)
    private mutating func take(_ input: Input, by actor: UInt32) {
        let index = Int(actor)
        let slot = Int(environment.participants[index].slot)
        switch environment.participants[index].kind {
        case .node:
            if environment.participants[index].isAfflicted {
                handleAfflicted(input, actor, slot)
                break
            }
            nodes[slot].handle(
                input, at: environment.now, random: &environment.participants[index].roleStream,
                effects: &effects)
        case .discovery:
            discoveries[slot].handle(
                input, at: time(for: index), random: &environment.participants[index].roleStream,
                effects: &effects)
            if environment.participants[index].isAfflicted {
                environment.twist(&effects, of: actor, hearing: input)
            }
        case .backend:
            backends[slot].handle(
                input, at: time(for: index), random: &environment.participants[index].roleStream,
                effects: &effects)
        case .user: environment.handle(input, byUser: actor)
        }
        if environment.participants[index].kind != .user { apply(actor) }
        if environment.observer.oracles.awaitsPlace { environment.observer.place(input, by: actor) }
    }

    /// The time by a participant's own clock.
    @inline(__always)
    private mutating func time(for index: Int) -> Instant {
        environment.participants[index].isAfflicted
            ? environment.clock(of: UInt32(index)) : environment.now
    }

    private mutating func handleAfflicted(_ input: Input, _ actor: UInt32, _ slot: Int) {
        guard !environment.lies(input, by: actor, effects: &effects) else { return }
        nodes[slot].handle(
            input, at: time(for: Int(actor)),
            random: &environment[actor].roleStream, effects: &effects)
        environment.twist(&effects, of: actor, hearing: input)
    }

    /// Carries out the effects that have gathered.
    @inline(__always)
    mutating func apply(_ actor: UInt32) {
        environment.apply(&effects, of: actor)
        if !effects.notes.isEmpty {
            for index in effects.notes.indices { tell(effects.notes[index], by: actor) }
        }
        if !effects.marks.isEmpty { environment.observer.reached(effects.marks) }
        if !effects.disk.isEmpty { applyDisk(actor) }
        let stops = effects.stops
        effects.removeAll()
        if stops {
            environment.left(actor)
            carryOutOrders()
        }
    }

    private mutating func tell(_ note: Note, by actor: UInt32) {
        environment.observer.noted(note, by: actor, at: now)
        guard case .replicaMissing(let chunk, let peer, _) = note else { return }
        let node = UInt32(truncatingIfNeeded: peer.raw)
        if nodes[Int(environment[node].slot)].index[chunk] == nil {
            environment.observer.uncounted(chunk, on: node)
        }
    }

    // MARK: Orders

    /// Does with the servers what the environment wants.
    mutating func carryOutOrders() {
        while !environment.orders.isEmpty {
            for order in environment.takeOrders() { carryOut(order) }
        }
    }

    private mutating func carryOut(_ order: ServerOrder) {
        switch order {
        case .join(let actor):
            nodes.append(makeNode(actor))
            chunkDisks.append(
                ChunkDisk(
                    capacityBytes: configuration.nodes.capacityBytes,
                    speed: configuration.nodes.disk))
            if keepsSegments { segmentDisks.append(makeSegmentDisk(actor)) }
        case .start(let run): handle(.start, by: run.actor)
        case .leave(let actor): handle(.leave, by: actor)
        case .deliver(let request, let call, let user, let backend):
            handle(.request(from: PeerID(UInt64(user)), call: call, request), by: backend)
        case .crash(let actor): crash(actor)
        case .destroy(let actor):
            let slot = Int(environment[actor].slot)
            chunkDisks[slot] = ChunkDisk(capacityBytes: 0, speed: configuration.nodes.disk)
            if keepsSegments { segmentDisks[slot] = makeSegmentDisk(actor) }
            nodes[slot] = makeNode(actor)
        case .keep(let actor, let fault): keepDisk(of: actor, for: fault)
        case .exchange(let actor, let fault): exchangeDisk(of: actor, for: fault)
        case .replace(let actor): replaceFolder(of: actor)
        case .unmount, .mount: break
        case .damage(let actor, let chunk, let damage):
            let slot = Int(environment[actor].slot)
            if keepsSegments {
                segmentDisks[slot].suffer(damage, to: chunk)
            } else {
                chunkDisks[slot].contents.suffer(damage, to: chunk)
            }
        case .diskGoesOn(let actor, let step): diskGoesOn(actor, step)
        case .inspect: inspect()
        }
    }

    /// What decides which of what was not synced lasts a crash; nil where nothing does.
    private mutating func drawnSeed(of actor: UInt32) -> UInt64? {
        configuration.nodes.disk.crash == .keepsSome ? environment[actor].mishapStream.next() : nil
    }

    /// Whether more may be lost than was not synced.
    private func disksLie(of actor: UInt32) -> Bool {
        switch environment[actor].kind {
        case .node: configuration.nodes.disk.lyingSyncs > 0
        case .backend: configuration.backends.lyingCommits > 0
        case .discovery, .user: false
        }
    }

    private mutating func crash(_ actor: UInt32) {
        let slot = Int(environment[actor].slot)
        var seed: UInt64?
        switch environment[actor].kind {
        case .node:
            nodes[slot] = makeNode(actor)
            seed = drawnSeed(of: actor)
            guard !keepsSegments else {
                // What the disk then has is known once it was read back.
                return segmentDisks[slot].crash(keepingSome: seed)
            }
            chunkDisks[slot].crash(keepingSome: seed)
        case .backend:
            backends[slot] = makeBackend(slot)
            seed = logDisks[slot].failureSeed ?? drawnSeed(of: actor)
            logDisks[slot].crash(keepingSome: seed)
        case .discovery: discoveries[slot] = Discovery(settings: configuration.settings)
        case .user: break
        }
        environment.observer.lostUnsynced(by: actor, keepingSome: seed, at: now)
        if disksLie(of: actor) { showDisk(of: actor) }
    }

    // MARK: Inspection

    /// Shows every node and its disk to the observer.
    package mutating func inspect() {
        for slot in nodes.indices {
            environment.observer.inspect(
                nodes[slot], environment.nodeIndices[slot],
                holding: keepsSegments ? nil : chunkDisks[slot].contents, at: now)
        }
    }

    /// The last checks, once the run is over.
    package mutating func finish() {
        inspect()
        for (slot, actor) in environment.backendIndices.enumerated() {
            environment.inspectAtRest(backends[slot], actor)
        }
        for (slot, actor) in environment.discoveryIndices.enumerated() {
            environment.inspectAtRest(discoveries[slot], actor)
        }
        auditSegments()
        environment.finish()
        environment.observer.place("the end")
    }
}

import Merkle
import Observation
import Primitives
import Roles

/// Injecting the declared faults.
extension Environment {
    mutating func scheduleFaults() {
        for fault in configuration.faults.indices {
            if let at = configuration.faults[fault].kind.begins {
                queue.schedule(.faultBegins(fault), at: .origin + at)
            } else {
                scheduleStrike(fault)
            }
        }
    }

    private mutating func scheduleStrike(_ fault: Int) {
        if case .byteRot(let rate) = configuration.faults[fault].kind {
            return scheduleRot(fault, perByteYear: rate)
        }
        guard let interval = configuration.faults[fault].kind.interval else { return }
        queue.schedule(.faultStrikes(fault), at: now + interval.draw(&faults[fault].stream))
    }

    mutating func faultBegan(_ fault: Int) {
        guard !hasSettled else { return }
        switch configuration.faults[fault].kind {
        case .partition(_, let lasting, let selection, let others, let direction):
            disturb(fault, selection, from: others, .cut(direction), lasting: lasting)
        case .degradation(
            _, let lasting, let selection, let loss, let duplication, let latencyFactor):
            disturb(
                fault, selection,
                .degrade(loss: loss, duplication: duplication, latencyFactor: latencyFactor),
                lasting: lasting)
        case .outage(_, let lasting, let selection):
            faults[fault].targets = select(selection, for: fault)
            for actor in faults[fault].targets where goDown(actor) { observer.felt(fault: fault) }
            queue.schedule(.faultEnds(fault), at: now + lasting)
        case .departure(_, let selection):
            faults[fault].targets = select(selection, for: fault)
            for actor in faults[fault].targets { tellToLeave(actor) }
        case .destroyed(_, let selection):
            for actor in select(selection, for: fault) { destroy(actor, fault) }
        case .replaced(_, let selection):
            for actor in select(selection, for: fault) where !self[actor].isGone {
                orders.append(.replace(actor))
                observer.brokeDisk(of: actor)
                observer.felt(fault: fault)
            }
        case .emptied(_, let lasting, let selection):
            faults[fault].targets = select(selection, for: fault)
            for actor in faults[fault].targets { empty(actor, fault, for: lasting) }
            if let lasting { queue.schedule(.faultEnds(fault), at: now + lasting) }
        case .restored(_, let at, let selection):
            faults[fault].targets = select(selection, for: fault)
            for actor in faults[fault].targets { restart(actor, after: .keep(actor, fault)) }
            queue.schedule(.faultEnds(fault), at: .origin + at)
        case .condition(let condition, _, let lasting, let selection):
            begin(condition, fault, lasting: lasting, of: select(selection, for: fault))
        case .crashes, .bitRot, .byteRot, .lostChunks: break
        }
    }

    private mutating func tellToLeave(_ actor: UInt32) {
        observer.toldToLeave(actor)
        orders.append(.leave(actor))
    }

    /// A participant's machine is gone for ever.
    private mutating func destroy(_ actor: UInt32, _ fault: Int) {
        guard !self[actor].isGone else { return }
        if self[actor].kind == .node {
            destroy(actor, isFault: true)
        } else {
            goDown(actor)
            self[actor].isGone = true
        }
        observer.felt(fault: fault)
    }

    /// A machine restarts with an empty disk; but a backend whose own is to come back does not run without it.
    private mutating func empty(_ actor: UInt32, _ fault: Int, for lasting: Duration?) {
        guard !self[actor].isGone else { return }
        observer.felt(fault: fault)
        goDown(actor)
        if self[actor].kind == .backend, lasting != nil { return orders.append(.unmount(actor)) }
        if lasting != nil { orders.append(.keep(actor, fault)) }
        orders.append(.exchange(actor, nil))
        comeUp(actor)
    }

    /// Its own disk is back.
    private mutating func refill(_ actor: UInt32, _ fault: Int) {
        guard !self[actor].isGone else { return }
        if self[actor].kind == .node {
            restart(actor, after: .exchange(actor, fault))
        } else {
            orders.append(.mount(actor))
            comeUp(actor)
        }
    }

    /// A machine stops, and starts again once something was done.
    private mutating func restart(_ actor: UInt32, after order: ServerOrder) {
        guard !self[actor].isGone else { return }
        goDown(actor)
        orders.append(order)
        comeUp(actor)
    }

    private mutating func disturb(
        _ fault: Int, _ selection: FaultSettings.Selection,
        from others: FaultSettings.Selection? = nil, _ effect: Network.Disturbance.Effect,
        lasting: Duration
    ) {
        let disturbance = Network.Disturbance(
            fault: fault, concerns: marked(select(selection, for: fault)),
            others: others.map { marked(select($0, for: fault)) }, effect: effect)
        network.begin(disturbance)
        loseTransfers(to: fault) { disturbance.cuts(from: $0, to: $1) }
        countDisturbances()
        queue.schedule(.faultEnds(fault), at: now + lasting)
    }

    mutating func countDisturbances() {
        observer.disturbed(by: network.disturbances.count + conditions.entries.count, at: now)
    }

    mutating func faultEnded(_ fault: Int) {
        guard !hasSettled else { return }
        network.end(fault: fault)
        endConditions(of: fault)
        countDisturbances()
        for actor in faults[fault].targets {
            switch configuration.faults[fault].kind {
            case .outage: comeUp(actor)
            case .emptied: refill(actor, fault)
            case .restored:
                if !self[actor].isGone { observer.felt(fault: fault) }
                restart(actor, after: .exchange(actor, fault))
            case .partition, .crashes, .degradation, .bitRot, .byteRot, .lostChunks, .departure,
                .destroyed, .replaced, .condition:
                break
            }
        }
    }

    mutating func faultStruck(_ fault: Int) {
        guard !hasSettled else { return }
        switch configuration.faults[fault].kind {
        case .crashes(_, let downtime, let selection): crash(fault, selection, for: downtime)
        case .bitRot: damage(fault, isRot: true)
        case .byteRot: if !faults[fault].onlyLooks { rotByte(fault) }
        case .lostChunks: damage(fault, isRot: false)
        case .partition, .outage, .degradation, .departure, .destroyed, .emptied, .restored,
            .replaced, .condition:
            break
        }
        scheduleStrike(fault)
    }

    /// Stops one of the chosen participants that is up.
    private mutating func crash(
        _ fault: Int, _ selection: FaultSettings.Selection, for downtime: Duration
    ) {
        if faults[fault].targets.isEmpty {
            faults[fault].targets = select(selection, for: fault)
        }
        let up = faults[fault].targets.filter { self[$0].isUp }
        guard !up.isEmpty else { return }
        let actor = up[faults[fault].stream.below(up.count)]
        if goDown(actor) {
            observer.felt(fault: fault)
            queue.schedule(.released(actor), at: now + downtime)
        }
    }

    /// Rots or removes one intact replica that a backend counts on.
    ///
    /// Rot strikes nodes that are up, where a scrub or a read will meet it. Files vanish where they
    /// do in life: on a machine that is down, when its file system is repaired after the crash; on
    /// one that is up only if none is down.
    private mutating func damage(_ fault: Int, isRot: Bool) {
        guard !nodeIndices.isEmpty else { return }
        let wantsUp = isRot || !nodeIndices.contains { isDownWithData($0) }
        for _ in 0..<64 {
            let slot = faults[fault].stream.below(nodeIndices.count)
            let start = ChunkID(
                Hash256(faults[fault].stream.next(), faults[fault].stream.next(), 0, 0))
            let actor = nodeIndices[slot]
            let replicas = observer.nodes[slot].replicas
            guard self[actor].isUp == wantsUp,
                let chunk = replicas.next(after: start) ?? replicas.next(after: nil),
                strike(chunk, on: actor, fault, isRot: isRot)
            else { continue }
            return
        }
    }

    /// False where no backend counts on the replica.
    @discardableResult
    private mutating func strike(
        _ chunk: ChunkID, on actor: UInt32, _ fault: Int, isRot: Bool
    ) -> Bool {
        guard observer.census.isReferenced(chunk), observer.isCountedOn(chunk, on: actor) else {
            return false
        }
        let damage: DiskContents.Damage = isRot ? .rot(at: faults[fault].stream.next()) : .loss
        observer.damaged(chunk, on: actor, damage, at: now)
        orders.append(.damage(actor, chunk, damage))
        observer.felt(fault: fault)
        return true
    }

    // MARK: Rot by the byte

    private var storedBytes: Int { observer.nodes.reduce(0) { $0 + $1.disk.usedBytes } }

    /// As long as so much is stored, the time to the next byte that rots is exponential, so that it may
    /// be drawn anew at any time: every hour or sooner, by what is stored then.
    private mutating func scheduleRot(_ fault: Int, perByteYear: Double) {
        let perSecond = perByteYear * Double(storedBytes) / (365.25 * 86_400)
        let seconds = -PortableMath.log(1 - faults[fault].stream.unit()) / perSecond
        let longest = min(.hours(1), configuration.duration / 60)
        faults[fault].onlyLooks = !(seconds < longest.seconds)
        let wait = faults[fault].onlyLooks ? longest : Duration(seconds: seconds)
        queue.schedule(.faultStrikes(fault), at: now + max(wait, .microseconds(1)))
    }

    /// Any byte that is stored, each as likely. Where no backend counts on it, it does not matter.
    private mutating func rotByte(_ fault: Int) {
        guard storedBytes > 0 else { return }
        var byte = faults[fault].stream.below(storedBytes)
        for node in observer.nodes {
            guard byte < node.disk.usedBytes else {
                byte -= node.disk.usedBytes
                continue
            }
            for chunk in node.replicas {
                byte -= node.disk.replicas[chunk]?.payload.byteCount ?? 0
                guard byte >= 0 else {
                    return _ = strike(chunk, on: node.actor, fault, isRot: true)
                }
            }
            return
        }
    }

    private func isDownWithData(_ actor: UInt32) -> Bool {
        let participant = self[actor]
        return !participant.isUp && !observer.nodes[Int(participant.slot)].replicas.isEmpty
    }

    private func marked(_ actors: [UInt32]) -> [Bool] {
        var marks = Array(repeating: false, count: participants.count)
        for actor in actors { marks[Int(actor)] = true }
        return marks
    }

    /// Who a selection means, in order.
    private mutating func select(_ selection: FaultSettings.Selection, for fault: Int) -> [UInt32] {
        switch selection {
        case .backends: return backendIndices
        case .backend(let slot): return [backendIndices[slot]]
        case .users: return userIndices
        case .discoveries: return discoveryIndices
        case .discovery(let slot): return [discoveryIndices[slot]]
        case .domain(let domain): return nodeIndices.filter { self[$0].domain == UInt32(domain) }
        case .region(let name):
            let region = configuration.topology.regions.firstIndex(of: name)
            return participants.indices.map { UInt32($0) }.filter {
                Int(self[$0].region) == region
            }
        case .nodes(let count):
            var up = nodeIndices.filter { self[$0].isUp }
            faults[fault].stream.shuffle(&up)
            return Array(up.prefix(count))
        }
    }
}

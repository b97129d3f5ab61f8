import Cryptography
import Merkle
import Observation
import Primitives
import Roles

/// What those do that deviate: beside their role, which goes by the protocol and knows of nothing.
extension Environment {
    /// Answers a request in the place of a lying node's role. False where the role is to have it.
    mutating func lies(_ input: Input, by actor: UInt32, effects: inout Effects) -> Bool {
        guard let (lie, fault) = lie(of: actor),
            case .request(let asker, let call, .node(let request)) = input
        else { return false }
        switch (lie, request) {
        case (.accuse, .copy(let copy)):
            let answer = CopyAnswer(chunk: copy.chunk, outcome: .sourceMissing)
            effects.answer(.node(.copy(answer)), to: asker, call: call)
        case (.pretend, .copy(let copy)):
            let answer = CopyAnswer(chunk: copy.chunk, outcome: .copied)
            effects.answer(.node(.copy(answer)), to: asker, call: call)
        case (.evade, .audit): break
        default: return false
        }
        observer.felt(fault: fault)
        return true
    }

    /// Changes what a liar's role wants to say to what it heard.
    mutating func twist(_ effects: inout Effects, of actor: UInt32, hearing input: Input) {
        guard let (lie, fault) = lie(of: actor) else { return }
        if lie == .replay { return replay(&effects, of: actor, fault) }
        for index in effects.sends.indices {
            guard let twisted = twist(effects.sends[index], lie, of: actor, hearing: input) else {
                continue
            }
            effects.sends[index].message = twisted
            observer.felt(fault: fault)
        }
        if lie == .delay || lie == .fabricate { postpone(lie, in: &effects, of: actor, fault) }
    }

    private mutating func twist(
        _ send: Effects.Send, _ lie: Lie, of actor: UInt32, hearing input: Input
    ) -> Message? {
        if case .request(.discovery(.register(var told))) = send.message {
            guard let domain = claimedDomain(told.domain, lie, of: actor) else { return nil }
            told.domain = domain
            if lie == .extreme { told.incarnation = extreme(actor) }
            if lie != .relocate {
                told.capacityBytes = lie == .boast ? .max : extreme(actor)
                told.freeBytes = lie == .boast ? .max : extreme(actor)
            }
            return .request(.discovery(.register(told)))
        }
        return switch send.message {
        case .answer(.node(.inventory(.answered(let answer, let time)))):
            twist(answer, lie, hearing: input).map {
                .answer(.node(.inventory(.answered($0, time: time))))
            }
        case .answer(.node(let answer)):
            twist(answer, lie, of: actor).map { .answer(.node($0)) }
        case .answer(.discovery(.peers(let answer))):
            twist(answer, lie, for: send.to).map { .answer(.discovery(.peers($0))) }
        case .request(.discovery(.heartbeat(let beat))):
            twist(beat, lie, of: actor).map { .request(.discovery(.heartbeat($0))) }
        case .answer, .request: nil
        }
    }

    // MARK: What nodes claim of themselves

    /// The largest number or the smallest.
    private mutating func extreme(_ actor: UInt32) -> UInt64 {
        self[actor].mishapStream.chance(0.5) ? .max : 0
    }

    private mutating func twist(_ beat: Heartbeat, _ lie: Lie, of actor: UInt32) -> Heartbeat? {
        var twisted = beat
        if lie == .boast { twisted.freeBytes = .max }
        if lie == .extreme { twisted.freeBytes = extreme(actor) }
        // Not known, it is asked to register.
        if lie == .relocate { twisted.lease = .max }
        return twisted == beat ? nil : twisted
    }

    /// Where a node claims to stand when it registers; nil where it says the truth of itself.
    private func claimedDomain(_ domain: UInt32, _ lie: Lie, of actor: UInt32) -> UInt32? {
        switch lie {
        case .boast: domain
        case .extreme: .max
        case .relocate: .max - actor
        default: nil
        }
    }

    // MARK: What nodes say of chunks

    private mutating func twist(_ answer: NodeAnswer, _ lie: Lie, of actor: UInt32) -> NodeAnswer? {
        switch (lie, answer) {
        case (.alter, .retrieve(.found(var payload))) where !payload.bytes.isEmpty:
            payload.bytes[0] ^= 1
            return .retrieve(.found(payload))
        case (.extreme, .retrieve(.found(var payload))):
            let sizes = ProtocolSettings.chunkBytes
            payload.bytes = [0]
            payload.byteCount = extreme(actor) > 0 ? sizes.upperBound : sizes.lowerBound
            return .retrieve(.found(payload))
        case (.alter, .audit(let answer)):
            guard case .proven(let proof) = answer.outcome else { return nil }
            return .audit(
                AuditAnswer(
                    chunk: answer.chunk, outcome: .proven(SHA256.hash(proof.bytes)),
                    time: answer.time))
        case (.extreme, .audit(let answer)):
            let word = extreme(actor)
            let proof = Hash256(word, word, word, word)
            let times = Instant.admitted
            return .audit(
                AuditAnswer(
                    chunk: answer.chunk, outcome: .proven(proof),
                    time: word > 0 ? times.upperBound : times.lowerBound))
        case (.alter, .fetchBlock(.known(var known))):
            guard known.block?.bytes.isEmpty == false else { return nil }
            known.block?.bytes[0] ^= 1
            return .fetchBlock(.known(known))
        case (.extreme, .fetchBlock(.known(var known))):
            known.count = UInt64(clamping: extreme(actor))
            return .fetchBlock(.known(known))
        case (.extreme, .keepBlock(var answer)):
            answer.count = UInt64(clamping: extreme(actor))
            return .keepBlock(answer)
        default: return nil
        }
    }

    private func twist(
        _ answer: InventoryAnswer, _ lie: Lie, hearing input: Input
    ) -> InventoryAnswer? {
        guard case .request(_, _, .node(.inventory(let request))) = input else { return nil }
        var entries = answer.entries
        if lie == .deny { entries = zip(request.question.prefixes, entries).map(Self.denied) }
        if lie == .fabricate {
            entries = zip(request.question.prefixes, entries).map(Self.fabricated)
        }
        return entries == answer.entries
            ? nil : InventoryAnswer(question: answer.question, entries: entries)
    }

    /// Hashes of nothing, that differ from any.
    private static func madeUpHashes(_ prefix: InventoryPrefix) -> [Hash256] {
        (0..<16).map { SHA256.hash(prefix.digits.bytes + [UInt8($0)]) }
    }

    /// Every second chunk denied, with hashes that lead astray.
    private static func denied(
        _ prefix: InventoryPrefix, _ entry: InventoryAnswer.Entry
    ) -> InventoryAnswer.Entry {
        switch entry {
        case .same: .children(madeUpHashes(prefix))
        case .children(let hashes):
            .children(hashes.map { $0 == .zero ? $0 : SHA256.hash($0.bytes) })
        case .bucket(let ids):
            .bucket(ids.enumerated().compactMap { $0.offset % 2 == 0 ? $0.element : nil })
        }
    }

    /// Made-up chunks beside those that there are, and a branch without any that leads as deep as there
    /// are questions.
    private static func fabricated(
        _ prefix: InventoryPrefix, _ entry: InventoryAnswer.Entry
    ) -> InventoryAnswer.Entry {
        let hashes = madeUpHashes(prefix)
        let isDeep = prefix.digits == .zero && prefix.depth < InventoryPrefix.maximumDepth
        switch entry {
        case .same: return .children(hashes)
        case .children(let real):
            let others = zip(real, hashes).map { $0 == .zero ? $0 : $1 }
            return .children(isDeep ? [hashes[0]] + others.dropFirst() : others)
        case .bucket(let ids):
            if isDeep, ids.isEmpty {
                return .children([hashes[0]] + Array(repeating: Hash256.zero, count: 15))
            }
            let digits = prefix.digits.words
            let made = (0..<16 as Range<UInt64>).map {
                ChunkID(Hash256(digits.0, digits.1, digits.2, digits.3 | $0))
            }
            let others = made.filter { !ids.contains($0) }
            return .bucket((ids + others.prefix(16 - ids.count)).sorted())
        }
    }

    // MARK: When they say it

    /// Answers to challenges set out when whoever asked has given up, those about inventories when it is
    /// about to.
    private mutating func postpone(
        _ lie: Lie, in effects: inout Effects, of actor: UInt32, _ fault: Int
    ) {
        effects.sends.removeAll { send in
            switch (lie, send.message) {
            case (.delay, .answer(.node(.audit))): say(send, by: actor, after: .hours(1))
            case (.fabricate, .answer(.node(.inventory))):
                say(send, by: actor, after: configuration.settings.requestTimeout / 2)
            default: return false
            }
            observer.felt(fault: fault)
            return true
        }
    }

    private mutating func say(_ send: Effects.Send, by actor: UInt32, after delay: Duration) {
        queue.schedule(
            EventQueue.Delivery(
                from: actor, to: UInt32(truncatingIfNeeded: send.to.raw), call: send.call,
                message: send.message), at: now + delay)
    }

    /// Requests come again later, whatever became of who sent them, and every second answer is the one to
    /// the question of its kind before.
    private mutating func replay(_ effects: inout Effects, of actor: UInt32, _ fault: Int) {
        for index in effects.sends.indices {
            let send = effects.sends[index]
            guard case .answer(let answer) = send.message else {
                let delay = self[actor].mishapStream.upTo(configuration.settings.deadAfter * 2)
                say(send, by: actor, after: delay)
                observer.felt(fault: fault)
                continue
            }
            let old = conditions.said[actor, default: [:]].updateValue(
                answer, forKey: send.message.name)
            guard let old, self[actor].mishapStream.chance(0.5) else { continue }
            effects.sends[index].message = .answer(Self.fitted(old, to: answer))
            observer.felt(fault: fault)
        }
    }

    /// An old answer where it names what was asked about.
    private static func fitted(_ old: Answer, to new: Answer) -> Answer {
        switch (old, new) {
        case (.node(.store(var old)), .node(.store(let new))):
            old.chunk = new.chunk
            return .node(.store(old))
        case (.node(.copy(var old)), .node(.copy(let new))):
            old.chunk = new.chunk
            return .node(.copy(old))
        case (.node(.audit(var old)), .node(.audit(let new))):
            old.chunk = new.chunk
            return .node(.audit(old))
        default: return old
        }
    }

    // MARK: What discoveries say of nodes

    private func twist(_ answer: PeersAnswer, _ lie: Lie, for asker: PeerID) -> PeersAnswer? {
        var twisted = answer
        if lie == .omit { twisted.reports.removeAll { $0.registration.node.raw % 2 == 0 } }
        if lie == .freeze { twisted.reports = [] }
        if lie == .invent, let model = answer.reports.first {
            twisted.reports += inventions(like: model)
        }
        for index in twisted.reports.indices {
            let node = twisted.reports[index].registration.node.raw
            if lie == .revive { twisted.reports[index].status = .alive }
            if lie == .bury { twisted.reports[index].status = .dead }
            if lie == .conflict {
                twisted.reports[index].status = (node + asker.raw) % 2 == 0 ? .alive : .dead
            }
        }
        return twisted == answer ? nil : twisted
    }

    /// Nodes that there are not. Somebody must go by their names, and users hear no node's questions.
    private func inventions(like model: PeerReport) -> [PeerReport] {
        userIndices.prefix(3).map { user in
            var report = model
            report.registration.node = PeerID(UInt64(user))
            report.registration.domain = .max - user
            report.registration.capacityBytes = .max
            report.registration.freeBytes = .max
            report.status = .alive
            return report
        }
    }

    // MARK: Liars that keep one replica among them

    /// All of those, in order, where a participant is one of them.
    func sharers(with actor: UInt32) -> [UInt32] {
        guard let (lie, fault) = lie(of: actor), lie == .share else { return [] }
        return conditions.concerned(by: fault)
    }

    mutating func feltLie(of actor: UInt32) {
        if let (_, fault) = lie(of: actor) { observer.felt(fault: fault) }
    }
}

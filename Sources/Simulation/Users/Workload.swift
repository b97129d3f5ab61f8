import Observation
import Primitives
import Roles

/// What the users are going to do, and the files that they own.
struct Workload: Sendable {
    let settings: WorkloadSettings
    let content: FileContent
    /// Files put so far; the next one's ordinal.
    var nextOrdinal = 0
    /// By user: acknowledged files that are not deleted or about to be.
    var owned: [[FilePlan]]
    /// By user: files that were deleted, and their chunks.
    var removed: [[(plan: FilePlan, chunks: [ChunkID])]]
    private var streams: [RandomSource] = []
    private var sizes = RandomSource(seed: 0, who: 0, purpose: 0)

    init(_ configuration: WorldConfiguration) {
        settings = configuration.workload
        content = FileContent(
            seed: configuration.seed, mode: settings.payload, chunkBytes: settings.chunkBytes)
        owned = Array(repeating: [], count: configuration.topology.users)
        removed = Array(repeating: [], count: configuration.topology.users)
        reseed(configuration.seed)
    }

    /// Draws from now on as a workload with this seed would. The content of files stays what it is.
    mutating func reseed(_ seed: UInt64) {
        streams = WorkloadKind.allCases.map {
            RandomSource(seed, of: $0.rawValue, .workload)
        }
        sizes = RandomSource(seed, of: Purpose.world, .size)
    }

    /// Uniform in the logarithm.
    mutating func drawSize() -> Int {
        let low = PortableMath.log(Double(settings.smallestFileBytes))
        let high = PortableMath.log(Double(settings.largestFileBytes))
        let size = PortableMath.exp(low + (high - low) * sizes.unit())
        return min(max(Int(size.rounded()), settings.smallestFileBytes), settings.largestFileBytes)
    }

    /// Time until the next act of a kind; nil when it never happens.
    mutating func pause(before kind: WorkloadKind) -> Duration? {
        let perDay =
            switch kind {
            case .read: settings.readsPerDay
            case .write: settings.writesPerDay
            case .delete: settings.deletesPerDay
            case .intrude: settings.intrusionsPerDay
            case .undelete: settings.undeletesPerDay
            }
        guard perDay > 0 else { return nil }
        let mean = Duration.days(1).scaled(by: 1 / perDay)
        return Distribution.exponential(mean: mean).draw(&streams[Int(kind.rawValue)])
    }

    mutating func pick(_ bound: Int, for kind: WorkloadKind) -> Int {
        streams[Int(kind.rawValue)].below(bound)
    }
}

extension Environment {
    mutating func scheduleWorkload() {
        let settings = configuration.workload
        for ordinal in 0..<settings.files where !users.isEmpty {
            let share = Double(ordinal) / Double(settings.files)
            queue.schedule(
                .fill(ordinal), at: .origin + .minutes(2) + settings.fillDuration.scaled(by: share))
        }
        for kind in WorkloadKind.allCases { scheduleNext(kind) }
    }

    private mutating func scheduleNext(_ kind: WorkloadKind) {
        guard !users.isEmpty, let pause = workload.pause(before: kind), now + pause < settleStart
        else { return }
        queue.schedule(.workload(kind), at: now + pause)
    }

    mutating func fill(_ ordinal: Int) {
        let user = ordinal % users.count
        guard isThere(user) else {
            if !hasSettled { queue.schedule(.fill(ordinal), at: now + .minutes(1)) }
            return
        }
        put(by: user)
    }

    /// A user whose machine is down does nothing.
    private func isThere(_ user: Int) -> Bool { self[userIndices[user]].isUp }

    private mutating func put(by user: Int) {
        let ordinal = workload.nextOrdinal
        workload.nextOrdinal += 1
        let size = workload.drawSize()
        let plan = users[user].put(ordinal, byteCount: size, at: now, effects: &effects)
        observer.puts(plan, by: userIndices[user])
        applyEffects(of: userIndices[user])
    }

    mutating func work(_ kind: WorkloadKind) {
        defer { scheduleNext(kind) }
        guard !hasSettled else { return }
        let user = workload.pick(users.count, for: kind)
        guard isThere(user) else { return }
        if kind == .write { return put(by: user) }
        if kind == .undelete { return undelete(by: user) }
        // An intruder asks for a file of the next user's.
        let owner = kind == .intrude ? (user + 1) % users.count : user
        guard !workload.owned[owner].isEmpty else { return }
        let choice = workload.pick(workload.owned[owner].count, for: kind)
        let plan = workload.owned[owner][choice]
        switch kind {
        case .read: users[user].get(plan, isFinal: false, at: now, effects: &effects)
        case .delete:
            workload.owned[owner].remove(at: choice)
            users[user].delete(plan, at: now, effects: &effects)
        case .intrude: if owner != user { users[user].intrude(plan, at: now, effects: &effects) }
        case .write, .undelete: break
        }
        applyEffects(of: userIndices[user])
    }

    private mutating func undelete(by user: Int) {
        guard !workload.removed[user].isEmpty else { return }
        let choice = workload.pick(workload.removed[user].count, for: .undelete)
        let (plan, chunks) = workload.removed[user].remove(at: choice)
        users[user].undelete(plan, chunks: chunks, at: now, effects: &effects)
        applyEffects(of: userIndices[user])
    }

    // MARK: Reading back

    /// Spreads the last read of every file over the first half of the time that is left for it.
    mutating func scheduleReadBack() {
        let total = workload.owned.reduce(0) { $0 + $1.count }
        var number = 0
        for user in users.indices {
            for file in workload.owned[user].indices {
                let share = Double(number) / Double(max(total, 1)) / 2
                queue.schedule(
                    .readBack(user: UInt32(user), file: file),
                    at: readBackStart + configuration.readBack.scaled(by: share))
                number += 1
            }
        }
    }

    mutating func readBack(user: Int, file: Int) {
        let plan = workload.owned[user][file]
        guard !observer.meters.durability.lostFiles.contains(plan.ordinal) else { return }
        users[user].get(plan, isFinal: true, at: now, effects: &effects)
        applyEffects(of: userIndices[user])
    }

    // MARK: Reports

    /// Takes in what became of a user's operations.
    mutating func collectReports(of user: Int) {
        let reports = users[user].reports
        users[user].reports = []
        for report in reports {
            switch (report.kind, report.outcome) {
            case (.put, .done), (.undelete, .done): workload.owned[user].append(report.plan)
            case (.delete, .done): workload.removed[user].append((report.plan, report.chunks))
            default: break
            }
            observer.reported(report, by: user, at: now)
        }
    }
}

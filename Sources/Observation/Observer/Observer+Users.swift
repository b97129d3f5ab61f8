package import Primitives
import Roles

/// What users do, and what comes of it.
extension Observer {
    /// A user is about to put a file.
    package mutating func puts(_ plan: FilePlan, by user: UInt32) { fileOwners[plan.id] = user }

    /// Something that a user did came to its end, or a deletion to the point of no return. `user` is
    /// what it is called by in words.
    package mutating func reported(_ report: UserReport, by user: Int, at now: Instant) {
        judge(report, user, at: now)
        let plan = report.plan
        switch (report.kind, report.outcome) {
        // A file that came back is acknowledged anew.
        case (.put, .done), (.undelete, .done):
            files[plan.ordinal] = AcknowledgedFile(plan: plan)
            meters.durability.acknowledged(at: now)
            meters.storage.userBytes += UInt64(plan.byteCount)
            if report.kind == .put { meters.latency.writes.record(now - report.startedAt) }
            census.reference(report.chunks, file: plan.ordinal, at: now, &meters)
        case (.put, .gaveUp): meters.availability.uploadsFailed += 1
        case (.get, .done) where !report.isFinal:
            meters.availability.read(retries: report.retries)
            meters.latency.reads.record(now - report.startedAt)
        case (.get, .gaveUp) where !report.isFinal: meters.availability.readFailed()
        case (.delete, .deleting):
            files[plan.ordinal]?.isDeleted = true
            meters.durability.deleted(at: now)
            meters.storage.userBytes -= UInt64(plan.byteCount)
            census.dereference(report.chunks, at: now, &meters)
        default: break
        }
    }

    private mutating func judge(_ report: UserReport, _ user: Int, at now: Instant) {
        let plan = report.plan
        switch (report.kind, report.outcome) {
        // Reads under way may fail once the owner has asked for the deletion of the file.
        case (.get, .violation(.durability, _)) where files[plan.ordinal]?.isDeleted == true: break
        case (_, .violation(let oracle, let what)):
            oracles.check(oracle, at: now, false, "user \(user), file \(plan.ordinal): \(what)")
        case (.get, .done):
            oracles.check(.readIntegrity, at: now, true, "")
            if report.isFinal { oracles.check(.durability, at: now, true, "") }
        case (.get, .gaveUp) where report.isFinal:
            // What liars alone have left is theirs to give.
            guard !meters.durability.lostFiles.contains(plan.ordinal),
                report.chunks.allSatisfy({ isHonestlyHeld($0) })
            else { return }
            let hidden = report.chunks.first { !isWell($0) }.map { countedOn($0) } ?? ""
            oracles.check(
                .durability, at: now, false,
                "file \(plan.ordinal) cannot be read back although its replicas survive\(hidden)")
        case (.undelete, .done):
            oracles.check(
                .durability, at: now,
                report.chunks.allSatisfy { census.wereEverDurable(1, of: $0) },
                "file \(plan.ordinal) came back with a chunk that is on no disk")
        case (.put, .done):
            let kept = report.chunks.allSatisfy {
                census.wereEverDurable(settings.writeQuorum, of: $0)
            }
            oracles.check(
                .durability, at: now, kept,
                "file \(plan.ordinal) was acknowledged with a chunk on fewer disks than a quorum")
        case (.intrude, .done): oracles.check(.ownerOnly, at: now, true, "")
        default: break
        }
    }
}

import Observation
import Primitives

/// What happens to participants from outside.
extension Environment {
    mutating func happen(_ event: EnvironmentEvent) {
        switch event {
        case .starts(let actor):
            // Up already, and not for the first time, if it crashed before its start was due.
            if self[actor].isUp, self[actor].epoch == 0 { start(actor) }
        case .sessionEnds(let actor, let count): sessionEnded(actor, count: count)
        case .sessionBegins(let actor, let count): sessionBegan(actor, count: count)
        case .destroyed(let actor): lifeEnded(actor)
        case .joins(let domain, let region):
            guard !hasSettled else { return }
            observer.suffered(\.nodesJoined)
            join(domain: domain, region: region)
        case .faultBegins(let fault): faultBegan(fault)
        case .faultEnds(let fault): faultEnded(fault)
        case .faultStrikes(let fault): faultStruck(fault)
        case .oddity(let fault): askOddly(fault)
        case .released(let actor): if !hasSettled { comeUp(actor) }
        case .fill(let ordinal): fill(ordinal)
        case .workload(let kind): work(kind)
        case .diskGoesOn(let actor, let epoch, let step):
            if let later = hangsUntil(actor) {
                queue.schedule(event, at: later)
            } else if self[actor].runs(epoch) {
                orders.append(.diskGoesOn(actor, step))
            }
        case .sample: takeSample()
        case .inspect: inspectAndGoOn()
        case .settle: settle()
        case .readBack(let user, let file): readBack(user: Int(user), file: file)
        }
    }

    private mutating func takeSample() {
        guard !hasSettled else { return }
        observer.takeSample(at: now, events: events)
        queue.schedule(.sample, at: now + configuration.sampleInterval)
    }

    private mutating func inspectAndGoOn() {
        observer.inspectLedgers(at: now)
        observer.checkRepair(at: now)
        orders.append(.inspect)
        if now < end { queue.schedule(.inspect, at: now + configuration.oracleInterval) }
    }

    /// Faults and churn are over: links heal and every surviving participant runs.
    private mutating func settle() {
        observer.checkRepair(at: now)
        observer.settle(at: now, events: events)
        hasSettled = true
        eventsBeforeSettling = events
        network.endAll()
        endAllConditions()
        countDisturbances()
        for index in participants.indices where participants[index].downReasons > 0 {
            participants[index].downReasons = 1
            comeUp(UInt32(index))
        }
        scheduleReadBack()
    }
}

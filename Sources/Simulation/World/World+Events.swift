import Primitives
import Roles

/// What the world itself does.
extension World {
    mutating func happen(_ event: WorldEvent) {
        switch event {
        case .starts(let actor):
            // Up already, and not for the first time, if it crashed before its start was due.
            if participants[Int(actor)].isUp, participants[Int(actor)].epoch == 0 { start(actor) }
        case .sessionEnds(let actor, let count): sessionEnded(actor, count: count)
        case .sessionBegins(let actor, let count): sessionBegan(actor, count: count)
        case .destroyed(let actor): lifeEnded(actor)
        case .joins(let domain, let region):
            guard !hasSettled else { return }
            meters.nodesJoined += 1
            join(domain: domain, region: region)
        case .faultBegins(let fault): faultBegan(fault)
        case .faultEnds(let fault): faultEnded(fault)
        case .faultStrikes(let fault): faultStruck(fault)
        case .released(let actor): if !hasSettled { comeUp(actor) }
        case .fill(let ordinal): fill(ordinal)
        case .workload(let kind): work(kind)
        case .sample: takeSample()
        case .inspect: inspectAndGoOn()
        case .settle: settle()
        case .readBack(let user, let file): readBack(user: Int(user), file: file)
        }
    }

    private mutating func takeSample() {
        guard !hasSettled else { return }
        samples.append(latest)
        queue.schedule(.sample, at: now + configuration.sampleInterval)
    }

    private mutating func inspectAndGoOn() {
        inspect()
        if now < end { queue.schedule(.inspect, at: now + configuration.oracleInterval) }
    }
}

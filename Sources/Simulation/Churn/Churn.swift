import Observation
import Primitives

/// How nodes come and go of themselves: each by streams of its own.
struct Churn: Sendable {
    let settings: ChurnSettings
    private var seed: UInt64

    init(_ configuration: WorldConfiguration) {
        settings = configuration.churn
        seed = configuration.seed
    }

    mutating func reseed(_ seed: UInt64) { self.seed = seed }

    /// A stream for one decision in a node's life. The n-th session of a node is the same whatever
    /// else happens to it.
    func stream(of actor: UInt32, _ purpose: Purpose, count: UInt64 = 0) -> RandomSource {
        RandomSource(seed, of: UInt64(actor) | count << 32, purpose)
    }

    func draw(
        _ law: Distribution?, of actor: UInt32, _ purpose: Purpose, count: UInt64 = 0
    ) -> Duration? {
        guard let law else { return nil }
        var stream = stream(of: actor, purpose, count: count)
        return law.draw(&stream)
    }
}

extension Environment {
    /// Draws a new node's lifetime and first session.
    mutating func beginLife(of actor: UInt32) {
        if let lifetime = churn.draw(churn.settings.lifetime, of: actor, .lifetime) {
            queue.schedule(.destroyed(actor), at: now + lifetime)
        }
        scheduleSessionEnd(of: actor, count: 0)
    }

    private mutating func scheduleSessionEnd(of actor: UInt32, count: UInt64) {
        guard
            let session = churn.draw(
                churn.settings.session, of: actor, .session, count: count)
        else { return }
        queue.schedule(.sessionEnds(actor, count: count), at: now + session)
    }

    mutating func sessionEnded(_ actor: UInt32, count: UInt64) {
        guard !hasSettled, !self[actor].isGone else { return }
        observer.suffered(\.sessionsEnded)
        goDown(actor)
        let downtime = churn.draw(churn.settings.downtime, of: actor, .downtime, count: count)
        queue.schedule(.sessionBegins(actor, count: count + 1), at: now + (downtime ?? .zero))
    }

    mutating func sessionBegan(_ actor: UInt32, count: UInt64) {
        guard !hasSettled, !self[actor].isGone else { return }
        comeUp(actor)
        scheduleSessionEnd(of: actor, count: count)
    }

    mutating func lifeEnded(_ actor: UInt32) {
        let participant = self[actor]
        guard !hasSettled, !participant.isGone else { return }
        observer.suffered(\.nodesDestroyed)
        destroy(actor, isFault: true)
        if let pause = churn.draw(churn.settings.replacement, of: actor, .replacement) {
            queue.schedule(
                .joins(domain: participant.domain, region: participant.region), at: now + pause)
        }
    }
}

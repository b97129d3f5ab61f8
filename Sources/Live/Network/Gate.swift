import Cryptography
package import Primitives
import Synchronization

/// Decides who a request between servers is from, or why nobody may be served.
package struct Gate: Sendable {
    private let own: PeerID
    private let directory: Directory
    private let clock: Clock
    private let replays: Box

    private final class Box: Sendable {
        let seen = Mutex(ReplayGuard())
    }

    /// For the server `own`, or for a discovery, which is known by its address only, zero.
    package init(own: PeerID, directory: Directory, clock: Clock) {
        self.own = own
        self.directory = directory
        self.clock = clock
        replays = Box()
    }

    package enum Refusal: String, Error {
        case unsigned, expired, stranger, replayed
    }

    /// The member that signed this very request, a first time. Throws why it is not served.
    package func caller(
        authorization: String?, introduction: String?, method: String, target: String,
        bodyHash: Hash256
    ) throws(Refusal) -> Member {
        guard let authorization, let introduction,
            let signature = RequestSignature(header: authorization),
            let member = Introduction.member(from: introduction, key: signature.sender)
        else { throw .unsigned }
        let now = clock.now
        let subject = RequestSignature.Subject(
            receiver: own, method: method, target: target, introduction: introduction,
            bodyHash: bodyHash)
        guard signature.isCurrent(at: now) else { throw .expired }
        guard signature.isValid(for: subject) else { throw .unsigned }
        switch directory.learn(member) {
        case .known, .new: break
        case .stranger, .refused: throw .stranger
        }
        guard replays.seen.withLock({ $0.admit(signature, at: now) }) else { throw .replayed }
        return member
    }
}

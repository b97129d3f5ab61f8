import Cryptography
import Foundation
import Merkle
import Primitives
import Roles
import Testing

@testable import Server
@testable import Wire

/// Sessions between servers, which spare them signatures.
@Suite struct PeerSessionTests {
    private static let now = Instant.origin + .hours(1)

    private func key(_ seed: UInt8) throws -> SigningKey {
        try SigningKey(seed: SecretKey(copying: [UInt8](repeating: seed, count: 32)))
    }

    private func agree(
        offer: SessionOffer, to initiator: PublicKey, by receiver: SigningKey
    ) throws -> (session: PeerSession, form: SessionGrantForm) {
        try #require(
            PeerSession.grant(
                offer.form, to: initiator, by: Identity(key: receiver),
                seed: SecretKey(copying: Array(1...32)), id: 7, at: Self.now))
    }

    @Test func `both sides have one key and nobody else has it`() throws {
        let (own, peer, other) = (try key(1), try key(2), try key(3))
        let offer = try SessionOffer(
            by: own.publicKey, seed: SecretKey(copying: Array(101...132)))
        let (granted, form) = try agree(offer: offer, to: own.publicKey, by: peer)
        let session = try #require(offer.session(granted: form, by: peer.publicKey))
        #expect(session.key == granted.key && session.id == 7)
        #expect(session.expires == Self.now + PeerSession.lifetime)

        #expect(offer.session(granted: form, by: other.publicKey) == nil, "of another server")
        let elsewhere = try agree(offer: offer, to: other.publicKey, by: peer)
        #expect(
            offer.session(granted: elsewhere.form, by: peer.publicKey) == nil,
            "to another initiator")
        #expect(elsewhere.session.key != session.key)
        var changes: [SessionGrantForm] = []
        for change in 0..<3 {
            var changed = form
            switch change {
            case 0: changed.id = Word(8)
            case 1: changed.expires += .nanoseconds(1)
            default: changed.key = .zero
            }
            changes.append(changed)
        }
        for changed in changes {
            #expect(offer.session(granted: changed, by: peer.publicKey) == nil)
        }
        let again = try SessionOffer(
            by: own.publicKey, seed: SecretKey(copying: Array(102...133)))
        #expect(again.session(granted: form, by: peer.publicKey) == nil, "for another offer")
    }

    @Test func `an offer without a secret is not granted`() throws {
        #expect(
            PeerSession.grant(
                SessionOfferForm(key: .zero), to: try key(1).publicKey,
                by: Identity(key: try key(2)), seed: SecretKey(copying: Array(1...32)), id: 7,
                at: Self.now) == nil)
    }

    @Test(
        arguments: [
            .origin, now - .days(1), now, now + .hours(2), now + .days(98 * 365),
            Instant.admitted.upperBound,
        ] as [Instant])
    func `whatever end a peer gives a session, it is asked for another in time`(end: Instant) throws
    {
        let sessions = OwnSessions()
        let peer = PeerID(3)
        let session = PeerSession(id: 1, expires: end, key: SecretKey(copying: Array(1...32)))
        sessions.keep(session, with: peer, at: Self.now)
        // Not at once, so that a peer whose sessions are over when they begin is left alone.
        #expect(!sessions.session(with: peer, at: Self.now).isToAsk)
        let later = sessions.session(with: peer, at: Self.now + PeerSession.lifetime)
        #expect(later.isToAsk)
        #expect((later.session != nil) == (end > Self.now + PeerSession.lifetime))
    }

    @Test func `a grant whose end no clock tells is malformed`() throws {
        let form = try agree(
            offer: SessionOffer(
                by: try key(1).publicKey, seed: SecretKey(copying: Array(101...132))),
            to: try key(1).publicKey, by: try key(2)
        ).form
        for end in [.min, -1, Instant.admitted.upperBound.nanoseconds + 1, .max] {
            var changed = form
            changed.expires = Instant(nanoseconds: end)
            let bytes = WireJSON.bytes(changed)
            #expect(throws: WireError.self) {
                try WireJSON.read(SessionGrantForm.self, from: bytes)
            }
        }
    }

    @Test func `a member has two sessions at most and each ends`() throws {
        let token = try #require(JoinToken("the token of sessions"))
        let sessions = GrantedSessions(identity: Identity(key: try key(2)))
        let peer = try TestPeer(.backend, seed: 1, token: token)
        let offer = try SessionOffer(
            by: peer.identity.publicKey, seed: SecretKey(copying: Array(101...132)))
        let ids = try (0..<3).map { _ in
            try #require(sessions.grant(offer.form, to: peer.member, at: Self.now)).id.value
        }
        #expect(sessions.session(ids[0], at: Self.now) == nil)
        for id in ids.dropFirst() {
            #expect(sessions.session(id, at: Self.now)?.member == peer.member)
            #expect(sessions.session(id, at: Self.now + PeerSession.lifetime) == nil)
        }
    }

    @Test func `a request under a session is served once, and only as it was sent`() async throws {
        try await EdgeNetwork.run(nodes: 1) { network in
            let backend = try TestPeer(.backend, seed: 61, token: network.token)
            let node = network.id(.node)
            let offer = try SessionOffer(
                by: backend.identity.publicKey, seed: SecretKey(copying: Array(1...32)))
            let granted = try await network.request(
                .node, "POST", "/session", by: backend, body: WireJSON.bytes(offer.form))
            let form = try WireJSON.read(SessionGrantForm.self, from: granted.body)
            let key = try #require(try await Self.publicKey(of: network))
            let session = try #require(offer.session(granted: form, by: key))
            let body = InventoryQuestion(opening: .zero).encoded()
            func expect(
                _ status: Int, _ code: String?, _ headers: [(String, String)], _ what: Comment
            ) async throws {
                let answer = try await network.request(
                    .node, "POST", "/inventory", headers: headers, body: body)
                #expect(answer.status == status && answer.code == code, what)
            }
            func headers(
                _ method: String = "POST", _ target: String = "/inventory",
                to receiver: PeerID? = nil,
                body: [UInt8], in session: PeerSession, at time: Instant = Clock.systemTime()
            ) -> [(String, String)] {
                backend.headers(
                    method, target, to: receiver ?? node, body: body, in: session, at: time)
            }
            let good = headers(body: body, in: session)
            try await expect(200, nil, good, "under the session")
            try await expect(409, "replayed", good, "sent again")
            try await expect(
                401, "unsigned", headers(body: body + [32], in: session), "another body")
            try await expect(
                401, "unsigned", headers("GET", body: body, in: session), "another method")
            try await expect(
                401, "unsigned", headers("POST", "/copy", body: body, in: session),
                "another target")
            try await expect(
                401, "unsigned", headers(to: backend.id, body: body, in: session),
                "another receiver")
            let time = Clock.systemTime()
            try await expect(
                401, "expired", headers(body: body, in: session, at: time - .seconds(61)), "late")
            let wrong = PeerSession(
                id: session.id, expires: session.expires, key: SecretKey(copying: Array(1...32)))
            try await expect(401, "unsigned", headers(body: body, in: wrong), "another key")
            let unknown = PeerSession(
                id: session.id ^ 1, expires: session.expires, key: session.key)
            try await expect(
                401, "unknown-session", headers(body: body, in: unknown), "another session")
            // What a session proves is not enough to have another one, or to send the node away.
            for path in ["/session", "/drain"] {
                let answer = try await network.request(
                    .node, "POST", path,
                    headers: headers("POST", path, body: WireJSON.bytes(offer.form), in: session),
                    body: WireJSON.bytes(offer.form))
                #expect([401, 403].contains(answer.status), "\(path)")
            }
        }
    }

    private static func publicKey(of network: EdgeNetwork) async throws -> PublicKey? {
        await network.nodes[0].host.read { $0.identity.publicKey }
    }

    @Test func `files are put with sessions and after nodes have forgotten them`() async throws {
        try await EdgeNetwork.run(nodes: 3) { network in
            let user = try await network.user("ada")
            func put(_ name: String) async throws {
                let answer = try await network.request(
                    .backend, "POST", "/api/files?name=\(name)", headers: user.open,
                    body: [UInt8](repeating: 1, count: 20_000))
                #expect(answer.status == 201, "\(name)")
            }
            for number in 0..<4 { try await put("first-\(number)") }
            for node in network.nodes {
                try await wait("\(node.host.id) was asked for a session") {
                    node.sessions.count > 0
                }
            }
            try await put("under-a-session")
            for node in network.nodes { node.sessions.forgetAll() }
            try await put("after-a-restart")
        }
    }
}

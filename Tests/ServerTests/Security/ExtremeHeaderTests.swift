import Cryptography
import Extremes
import Primitives
import Roles
import Storage
import Testing

@testable import Server
@testable import Wire

/// Headers with numbers in them, with the extremes in place of each.
@Suite struct ExtremeHeaderTests {
    private let samples: ServerMessageSamples
    private let subject: RequestSignature.Subject

    init() throws {
        samples = try ServerMessageSamples()
        subject = RequestSignature.Subject(
            receiver: samples.node.id, method: "GET", target: "/", introduction: "",
            bodyHash: .zero)
    }

    private static let times = [.origin, .origin + .seconds(1), Instant.admitted.upperBound]

    /// The hexadecimal digits of a header with the extremes in them.
    private func variants(of header: String, after scheme: String) throws -> [String] {
        let bytes = try #require(Hexadecimal.decode(String(header.dropFirst(scheme.count))))
        return (Extremes.variants(of: bytes).map { Hexadecimal.encode($0) } + Extremes.texts)
            .map { scheme + $0 }
    }

    @Test func `a signature's header is refused, or its time can be compared`() throws {
        let signature = RequestSignature(
            of: subject, by: samples.backend.identity, at: .origin, nonce: 1)
        for header in try variants(of: signature.header, after: "DecentraStore ") {
            guard let read = RequestSignature(header: header) else { continue }
            #expect(Instant.admitted ~= read.expires && read.header == header)
            for now in Self.times { _ = read.isCurrent(at: now) }
        }
    }

    @Test func `a code's header is refused, or its time can be compared`() throws {
        let session = try #require(try grant()).session
        let code = RequestCode(of: subject, in: session, at: .origin, nonce: 1)
        for header in try variants(of: code.header, after: RequestCode.scheme) {
            guard let read = RequestCode(header: header) else { continue }
            #expect(Instant.admitted ~= read.expires && read.header == header)
            for now in Self.times { _ = RequestSignature.isCurrent(read.expires, at: now) }
        }
    }

    @Test func `a capability is refused, or its time can be compared`() throws {
        let good = SignedCapability(
            samples.capability(expires: .origin), by: samples.backend.identity)
        for text in try variants(of: good.hexadecimal, after: "") {
            guard let read = SignedCapability(hexadecimal: text) else { continue }
            #expect(Instant.admitted ~= read.capability.expires && read.hexadecimal == text)
        }
    }

    @Test func `an introduction is refused, or reads as it was written`() throws {
        let key = samples.node.identity.publicKey
        let words = Introduction.text(of: samples.node.member).split(separator: " ")
            .map(String.init)
        for index in words.indices {
            for text in Extremes.texts {
                var changed = words
                changed[index] = text
                let header = changed.joined(separator: " ")
                guard let contact = Introduction.contact(from: header, key: key) else { continue }
                #expect(Introduction.text(of: contact) == header)
            }
        }
    }

    // MARK: Sessions between servers

    private func grant() throws -> (session: PeerSession, form: SessionGrantForm)? {
        let offer = try SessionOffer(
            by: samples.backend.identity.publicKey,
            seed: SecretKey(copying: [UInt8](repeating: 7, count: 32)))
        return PeerSession.grant(
            offer.form, to: samples.backend.identity.publicKey, by: samples.node.identity,
            seed: SecretKey(copying: [UInt8](repeating: 8, count: 32)), id: 1, at: .origin)
    }

    @Test func `a granted session whose end is an extreme is refused`() throws {
        let form = try #require(try grant()).form
        for variant in Extremes.variants(ofJSON: WireJSON.bytes(form)) {
            guard let read = try? WireJSON.read(SessionGrantForm.self, from: variant) else {
                continue
            }
            #expect(Instant.admitted ~= read.expires)
        }
    }

    @Test(arguments: times, times)
    func `a session may end at any time that is admitted`(end: Instant, now: Instant) {
        let sessions = OwnSessions()
        let session = PeerSession(
            id: 1, expires: end, key: SecretKey(copying: [UInt8](repeating: 1, count: 32)))
        sessions.keep(session, with: PeerID(1), at: now)
        #expect((sessions.session(with: PeerID(1), at: now).session == nil) == (end <= now))
    }

    // MARK: HTTP

    @Test(arguments: [0, 1, 1 << 32, UInt64(Int64.max), .max])
    func `a range lies within the file, or is passed over`(size: UInt64) {
        let bounds = Extremes.texts.flatMap { text in
            ["\(text)-", "-\(text)"] + Extremes.numbers.map { "\(text)-\($0)" }
        }
        for text in bounds {
            guard case .part(let range) = ByteRange(header: "bytes=\(text)", size: size) else {
                continue
            }
            #expect(!range.isEmpty && range.upperBound <= size, "\(text)")
        }
    }

    @Test func `a token is refused, or ends at a time that is admitted`() async throws {
        let tokens = await SessionTokens(
            try ServerSecret(String(repeating: "s", count: ServerSecret.minimumLength)))
        for text in Extremes.texts {
            await #expect(throws: AccountError.self) { try await tokens.read(text, at: .origin) }
        }
        for word in Extremes.words {
            let time = Instant(nanoseconds: Int64(bitPattern: word))
            let signed = try await tokens.sign(
                SessionTokens.Content(
                    account: PeerID(word), token: TokenID(high: 0, low: word), kind: .open,
                    generation: Int64(bitPattern: word), issued: time, expires: time))
            guard let read = try? await tokens.read(signed, at: .origin) else { continue }
            #expect(Instant.admitted ~= read.expires && Instant.admitted ~= read.issued)
        }
    }
}

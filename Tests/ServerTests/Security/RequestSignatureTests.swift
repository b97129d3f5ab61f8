import Cryptography
import Primitives
import Roles
import Testing

@testable import Server

@Suite struct RequestSignatureTests {
    private static let start = Instant.origin + .days(20_000)
    private let identity: Identity
    private let subject: RequestSignature.Subject

    init() throws {
        identity = Identity(
            key: try SigningKey(seed: SecretKey(copying: [UInt8](repeating: 9, count: 32))))
        subject = RequestSignature.Subject(
            receiver: PeerID(7), method: "POST", target: "/store?x=1", introduction: "node x y",
            bodyHash: SHA256.hash([1, 2, 3]))
    }

    @Test func `the header says all that is signed`() throws {
        let signature = RequestSignature(of: subject, by: identity, at: Self.start, nonce: .max)
        let read = try #require(RequestSignature(header: signature.header))
        #expect(read.sender == identity.publicKey)
        #expect(read.nonce == .max)
        #expect(read.expires == Self.start + RequestSignature.lifetime)
        #expect(read.isValid(for: subject))
    }

    @Test func `anything else is no header`() {
        let good = RequestSignature(of: subject, by: identity, at: Self.start, nonce: 1).header
        for bad in [
            "", "DecentraStore ", "DecentraStore", String(good.dropLast()),
            String(good.dropLast(2)), good + "00", good.lowercased(), " " + good,
            "Bearer " + good.dropFirst(14),
            good.replacing("DecentraStore ", with: "DecentraStore  "),
            String(good.dropLast(2)) + "zz", String(good.dropLast(2)) + "é",
        ] {
            #expect(RequestSignature(header: bad) == nil, "\(bad)")
        }
    }

    @Test func `what is signed is good for nothing else`() throws {
        let signature = RequestSignature(of: subject, by: identity, at: Self.start, nonce: 1)
        var others: [RequestSignature.Subject] = []
        for _ in 0..<5 { others.append(subject) }
        others[0].receiver = PeerID(8)
        others[1].method = "GET"
        others[2].target = "/store?x=2"
        others[3].introduction = "backend x y"
        others[4].bodyHash = SHA256.hash([])
        for other in others { #expect(!signature.isValid(for: other)) }
        // Moving a byte from one text to the next is noticed, too.
        var moved = subject
        moved.method = "POST/"
        moved.target = String(subject.target.dropFirst())
        #expect(!signature.isValid(for: moved))
    }

    @Test func `every bit of the header counts`() throws {
        let header = RequestSignature(of: subject, by: identity, at: Self.start, nonce: 1).header
        let bytes = try #require(Hexadecimal.decode(String(header.dropFirst(14))))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1 << UInt8(index % 8)
            let read = RequestSignature(header: "DecentraStore " + Hexadecimal.encode(changed))
            #expect(read?.isValid(for: subject) != true, "byte \(index)")
        }
    }

    @Test func `it is good for a while`() {
        let signature = RequestSignature(of: subject, by: identity, at: Self.start, nonce: 1)
        #expect(signature.isCurrent(at: Self.start))
        #expect(signature.isCurrent(at: Self.start - .seconds(60)), "clocks differ")
        #expect(!signature.isCurrent(at: Self.start - .seconds(61)))
        #expect(!signature.isCurrent(at: Self.start + .seconds(60)))
        for extreme in [Int64.min, .max, 0] {
            let strange = RequestSignature(
                header: "DecentraStore "
                    + Hexadecimal.encode(
                        identity.publicKey.bytes.bytes
                            + withUnsafeBytes(of: extreme.bigEndian) { Array($0) }
                            + [UInt8](repeating: 0, count: 72)))
            #expect(strange?.isCurrent(at: Self.start) != true)
        }
    }
}

@Suite struct ReplayGuardTests {
    private static let start = Instant.origin + .days(20_000)

    private func request(_ nonce: UInt64, seed: UInt8 = 1) throws -> RequestSignature {
        let key = try SigningKey(seed: SecretKey(copying: [UInt8](repeating: seed, count: 32)))
        return RequestSignature(
            of: .init(
                receiver: PeerID(1), method: "GET", target: "/", introduction: "",
                bodyHash: .zero), by: Identity(key: key), at: Self.start, nonce: nonce)
    }

    @Test func `a request is new once`() throws {
        var seen = ReplayGuard()
        #expect(try seen.admit(request(1), at: Self.start))
        #expect(try !seen.admit(request(1), at: Self.start))
        #expect(try seen.admit(request(2), at: Self.start))
        #expect(try seen.admit(request(1, seed: 2), at: Self.start), "another sender's")
    }

    @Test func `it is remembered for as long as it could be good`() throws {
        // A signature is accepted for two lifetimes at most, wherever in a turn it came.
        for second in stride(from: Int64(0), to: 250, by: 10) {
            var seen = ReplayGuard()
            _ = try seen.admit(request(99), at: Self.start)
            let first = Self.start + .seconds(second)
            #expect(try seen.admit(request(1), at: first))
            for later in stride(from: Int64(0), through: 120, by: 10) {
                let now = first + .seconds(later)
                #expect(try !seen.admit(request(1), at: now), "\(second) and \(later)")
            }
        }
    }

    @Test func `more than it can remember are refused`() throws {
        var seen = ReplayGuard(capacity: 3)
        for nonce in 1...3 { #expect(try seen.admit(request(UInt64(nonce)), at: Self.start)) }
        #expect(try !seen.admit(request(4), at: Self.start))
        #expect(try seen.admit(request(4), at: Self.start + .seconds(121)))
    }

    @Test func `a sender that asks too much keeps nobody else out`() throws {
        var seen = ReplayGuard(capacity: 100, ofOne: 3)
        for nonce in 1...3 { #expect(try seen.admit(request(UInt64(nonce)), at: Self.start)) }
        #expect(try !seen.admit(request(4), at: Self.start))
        #expect(try seen.admit(request(4, seed: 2), at: Self.start))
        #expect(try seen.admit(request(4), at: Self.start + .seconds(121)))
    }

    @Test func `there is room for the heartbeats of all nodes that a network may have`() {
        let beats =
            RequestSignature.lifetime.seconds * 2 / ProtocolSettings().heartbeatInterval.seconds
        // And a third more, for what else they ask.
        #expect(Double(ReplayGuard.standardCapacity) >= Double(Directory.limit) * beats * 4 / 3)
    }
}

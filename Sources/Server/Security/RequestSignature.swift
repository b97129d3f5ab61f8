package import Cryptography
package import Primitives
import Roles

/// Proves who sent a request between servers, to whom, for what, and until when.
///
/// Travels as `Authorization: DecentraStore <hexadecimal>`: sender's public key (32), expiry in
/// nanoseconds since 1970 (8), nonce (8), Ed25519 signature (64). The signature covers these, the
/// receiver, method, target and the SHA-256 of the body, so that a request cannot be changed, sent to
/// another server, or sent again.
package struct RequestSignature: Sendable {
    package let sender: PublicKey
    package let expires: Instant
    package let nonce: UInt64
    package let signature: Signature

    /// How long a request is good for: longer than a request travels, and than clocks differ.
    package static let lifetime = Duration.seconds(60)
    private static let scheme = "DecentraStore "
    private static let byteCount = 32 + 8 + 8 + Signature.count

    /// What a signature is made over.
    package struct Subject: Sendable {
        /// The receiver's id; zero for a discovery, which is known by its address only.
        package var receiver: PeerID
        package var method: String
        /// Path and query.
        package var target: String
        /// The header by which the sender introduces itself.
        package var introduction: String
        /// The SHA-256 of the body; of a chunk, its name.
        package var bodyHash: Hash256

        func write(to writer: inout ByteWriter) {
            writer.write(receiver.raw)
            writer.write(method)
            writer.write(target)
            writer.write(introduction)
            writer.write(bodyHash)
        }
    }

    /// The hash of a body that is not there.
    package static let emptyBodyHash = SHA256.hash([])

    package init(of subject: Subject, by identity: Identity, at now: Instant, nonce: UInt64) {
        sender = identity.publicKey
        expires = now + Self.lifetime
        self.nonce = nonce
        signature = identity.key.sign(
            Self.message(subject, sender: sender, expires: expires, nonce: nonce))
    }

    /// Reads a header's value. Nil for anything but what `header` writes.
    package init?(header: String) {
        guard header.hasPrefix(Self.scheme),
            let bytes = Hexadecimal.decode(String(header.dropFirst(Self.scheme.count))),
            bytes.count == Self.byteCount
        else { return nil }
        var reader = ByteReader(bytes)
        guard let key = try? reader.readHash(), let expires = try? reader.readInstant(),
            let nonce = try? reader.read(UInt64.self),
            let signature = Signature(bytes: bytes.suffix(Signature.count))
        else { return nil }
        sender = PublicKey(bytes: key)
        self.expires = expires
        self.nonce = nonce
        self.signature = signature
    }

    /// The value of the `Authorization` header.
    package var header: String {
        var writer = ByteWriter(reserving: Self.byteCount)
        writer.write(sender.bytes)
        writer.write(expires.nanoseconds)
        writer.write(nonce)
        writer.write(fixed: signature.bytes)
        return Self.scheme + Hexadecimal.encode(writer.bytes)
    }

    /// Whether the request is neither late nor from too far ahead.
    package func isCurrent(at now: Instant) -> Bool { Self.isCurrent(expires, at: now) }

    static func isCurrent(_ expires: Instant, at now: Instant) -> Bool {
        expires > now && expires <= now + lifetime * 2
    }

    /// Whether the sender signed this very request.
    package func isValid(for subject: Subject) -> Bool {
        sender.isValid(
            signature, for: Self.message(subject, sender: sender, expires: expires, nonce: nonce))
    }

    private static func message(
        _ subject: Subject, sender: PublicKey, expires: Instant, nonce: UInt64
    ) -> [UInt8] {
        var writer = ByteWriter(reserving: 256)
        writer.write("DecentraStore request v1")
        writer.write(sender.bytes)
        subject.write(to: &writer)
        writer.write(expires.nanoseconds)
        writer.write(nonce)
        return writer.bytes
    }
}

/// Remembers the requests of the last while, so that none is served twice.
package struct ReplayGuard: Sendable {
    private struct Seen: Hashable, Sendable {
        var sender: PeerID
        var nonce: UInt64
    }

    /// Two generations, each as long as a request may live: what is in neither has expired.
    private var young: Set<Seen> = []
    private var old: Set<Seen> = []
    /// How many of each sender are young.
    private var counts: [PeerID: Int] = [:]
    private var turnsAt = Instant.origin
    private let capacity: Int
    private let capacityOfOne: Int

    /// What the capacities are unless they are given: a discovery hears twelve heartbeats of every node
    /// in a generation, and a node what a backend asks in a generation of 4369 requests a second.
    package static let standardCapacity = Directory.limit * 16
    package static let standardCapacityOfOne = 1 << 19

    /// Remembers up to twice `capacity` requests, and of one sender up to twice as many as that may
    /// have; more are refused rather than forgotten.
    package init(
        capacity: Int = standardCapacity, ofOne capacityOfOne: Int = standardCapacityOfOne
    ) {
        self.capacity = capacity
        self.capacityOfOne = capacityOfOne
    }

    /// Whether a request is new. Says so once.
    package mutating func admit(_ request: RequestSignature, at now: Instant) -> Bool {
        admit(PeerID(of: request.sender), nonce: request.nonce, at: now)
    }

    /// Whether a sender has not used a nonce before. Says so once.
    mutating func admit(_ sender: PeerID, nonce: UInt64, at now: Instant) -> Bool {
        if now >= turnsAt {
            old = young
            young = []
            counts = [:]
            turnsAt = now + RequestSignature.lifetime * 2
        }
        let seen = Seen(sender: sender, nonce: nonce)
        guard young.count < capacity, counts[sender, default: 0] < capacityOfOne,
            !old.contains(seen), young.insert(seen).inserted
        else { return false }
        counts[sender, default: 0] += 1
        return true
    }
}

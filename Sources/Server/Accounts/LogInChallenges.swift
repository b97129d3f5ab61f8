import Cryptography
import Platform
import Primitives

/// The questions that log-ins answer: each for a while, and once. None is remembered before it was
/// answered, so that asking costs nothing; none outlives this process.
struct LogInChallenges: Sendable {
    /// How long a user may take to answer: scrypt on a slow machine is part of it.
    static let lifetime = Duration.minutes(5)

    private static let codeCount = 16
    private let key = SystemRandom.key()
    /// The answered ones, and when they end.
    private var answered: [[UInt8]: Instant] = [:]

    /// A new question: when it ends (8 bytes), a random number (8), and a code over both (16).
    func make(at now: Instant) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt64(bitPattern: (now + Self.lifetime).nanoseconds))
        writer.write(SystemRandom.word())
        return writer.bytes + code(of: writer.bytes)
    }

    /// Whether it may be answered: asked here, not too long ago, and not answered yet.
    func isOpen(_ challenge: [UInt8], at now: Instant) -> Bool {
        guard let end = end(of: challenge) else { return false }
        return end > now && answered[challenge] == nil
    }

    /// Takes the answer to a question, if it is open still; then it is open no longer.
    mutating func close(_ challenge: [UInt8], at now: Instant) -> Bool {
        guard isOpen(challenge, at: now) else { return false }
        answered[challenge] = end(of: challenge)
        return true
    }

    mutating func sweep(at now: Instant) {
        answered = answered.filter { $0.value > now }
    }

    private func end(of challenge: [UInt8]) -> Instant? {
        var reader = ByteReader(challenge)
        guard let end = try? reader.read(UInt64.self), let random = try? reader.read(UInt64.self),
            let code = try? reader.readFixed(Self.codeCount), (try? reader.finish()) != nil
        else { return nil }
        var writer = ByteWriter()
        writer.write(end)
        writer.write(random)
        guard constantTimeEqual(code, self.code(of: writer.bytes)) else { return nil }
        return Instant(nanoseconds: Int64(bitPattern: end))
    }

    private func code(of bytes: [UInt8]) -> [UInt8] {
        Array(HMAC.authenticate(bytes, key: key).bytes.prefix(Self.codeCount))
    }
}

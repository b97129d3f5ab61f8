import Cryptography
import Foundation
import JWTKit
import Primitives
import Storage

/// Writes and reads session tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256.
struct SessionTokens: Sendable {
    /// What a token says.
    struct Content: Equatable, Sendable {
        enum Kind: String, Codable, Sendable { case open, sealed }

        var account: PeerID
        var token: TokenID
        var kind: Kind
        /// The account's when the session began.
        var generation: Int64
        /// Whole seconds, as both times are in a token.
        var issued: Instant
        var expires: Instant
    }

    private struct Claims: JWTPayload {
        var sub: SubjectClaim
        var jti: IDClaim
        var iat: IssuedAtClaim
        var exp: ExpirationClaim
        var kind: Content.Kind
        var gen: Int64

        /// Nothing: the reader compares times with the one that it is passed.
        func verify(using algorithm: some JWTAlgorithm) {}
    }

    /// A token of ours has some 330 characters; nothing much longer is worth parsing.
    private static let maximumCount = 1024
    private static let algorithm = "HS256"
    private let keys = JWTKeyCollection()

    init(_ secret: ServerSecret) async {
        let key = secret.tokenKey.withUnsafeBytes { HMACKey(from: Array($0)) }
        await keys.add(hmac: key, digestAlgorithm: .sha256)
    }

    /// The signed token. Throws `tooBusy` where signing fails, as it does for want of memory.
    func sign(_ content: Content) async throws(AccountError) -> String {
        let claims = Claims(
            sub: SubjectClaim(value: content.account.hexadecimal),
            jti: IDClaim(value: content.token.text),
            iat: IssuedAtClaim(value: Date(content.issued)),
            exp: ExpirationClaim(value: Date(content.expires)),
            kind: content.kind, gen: content.generation)
        do { return try await keys.sign(claims) } catch { throw .tooBusy }
    }

    /// What a token of this server says. Throws `invalidToken` for anything that this server did not
    /// sign, `sessionExpired` for a token whose time is over.
    func read(_ text: String, at now: Instant) async throws(AccountError) -> Content {
        guard text.utf8.count <= Self.maximumCount else { throw .invalidToken }
        let claims: Claims
        do {
            claims = try await keys.verify(text, as: Claims.self)
            // The library verifies with the key that it has, whatever the header names.
            let parsed = try DefaultJWTParser().parse(Array(text.utf8), as: Claims.self)
            guard parsed.header.alg == Self.algorithm else { throw AccountError.invalidToken }
        } catch {
            throw .invalidToken
        }
        guard let account = PeerID(hexadecimal: claims.sub.value),
            let token = TokenID(claims.jti.value), let issued = Instant(claims.iat.value),
            let expires = Instant(claims.exp.value)
        else { throw .invalidToken }
        let content = Content(
            account: account, token: token, kind: claims.kind, generation: claims.gen,
            issued: issued, expires: expires)
        guard content.expires > now else { throw .sessionExpired }
        return content
    }
}

extension Date {
    fileprivate init(_ instant: Instant) { self.init(timeIntervalSince1970: instant.seconds) }
}

extension Instant {
    fileprivate init?(_ date: Date) {
        let seconds = date.timeIntervalSince1970
        guard !seconds.isNaN else { return nil }
        self.init(admitting: Duration(seconds: seconds).nanoseconds)
    }
}

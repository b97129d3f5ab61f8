import Client
package import Files
import HTTPTypes
package import Primitives
package import Storage

/// Why an account or a session was refused. Never carries a name, a password, a key or a token.
package enum AccountError: Error, Equatable {
    /// The server's own secret is too short to be one.
    case badSecret
    case badName
    case badPassword
    /// A key made by the client that this server does not take.
    case badKey(KeyProblem)
    case nameTaken
    /// No such user, or another password: which of them is not said.
    case wrongCredentials
    /// A log-in that was signed for another address than those of this server, which is told.
    case otherAddress(own: String)
    /// The question that a log-in answers is not one of this server, was answered, or is too old.
    case staleChallenge
    /// The account was made before log-ins were signed, and its key was not renewed since.
    case formerAccount
    case tooManyAttempts(retryAfter: Duration)
    /// More passwords wait to be checked than can be in reasonable time.
    case tooBusy
    /// No token of this server.
    case invalidToken
    case sessionExpired
    /// It was logged out, its user's password was changed elsewhere, or the account is gone.
    case sessionEnded
    /// The token is good, but the key that it stood for is no longer in memory.
    case sessionLocked
    /// Needs a session that was opened with the password.
    case sealedSession
    /// Needs a session that was opened with a proof.
    case openSession
    /// The account's stored key was changed by other means than this program.
    case damagedAccount
    case storage(BackendDatabaseError)

    /// What the database is asked for, or its error as one of these.
    static func translating<Result>(
        _ body: @autoclosure () async throws(BackendDatabaseError) -> Result
    ) async throws(AccountError) -> Result {
        do { return try await body() } catch { throw .storage(error) }
    }

    /// What is wrong with a key made by a client.
    package enum KeyProblem: Error, Equatable {
        case malformed(FilesError)
        case saltLength(Int)
        case tooWeak
        case tooCostly
    }
}

extension AccountError {
    /// With what status it is answered, and the code that a program may rely on.
    var answer: (status: HTTPResponse.Status, code: String) {
        switch self {
        case .badSecret: (.internalServerError, "bad-secret")
        case .badName: (.badRequest, "bad-name")
        case .badPassword: (.badRequest, "bad-password")
        case .badKey: (.badRequest, "bad-key")
        case .nameTaken: (.conflict, "name-taken")
        case .wrongCredentials: (.unauthorized, "wrong-credentials")
        case .otherAddress: (.misdirectedRequest, "other-address")
        case .staleChallenge: (.conflict, "stale-challenge")
        case .formerAccount: (.conflict, "former-account")
        case .tooManyAttempts: (.tooManyRequests, "too-many-attempts")
        case .tooBusy: (.serviceUnavailable, "too-busy")
        case .invalidToken: (.unauthorized, "invalid-token")
        case .sessionExpired: (.unauthorized, "session-expired")
        case .sessionEnded: (.unauthorized, "session-ended")
        case .sessionLocked: (.unauthorized, "session-locked")
        case .sealedSession: (.forbidden, "sealed-session")
        case .openSession: (.forbidden, "open-session")
        case .damagedAccount: (.internalServerError, "damaged-account")
        case .storage: (.serviceUnavailable, "storage-failed")
        }
    }
}

extension AccountError: CustomStringConvertible {
    /// One sentence: what is wrong, and what to do.
    package var description: String {
        switch self {
        case .badSecret:
            "SECRET_KEY has fewer than \(ServerSecret.minimumLength) characters: use a longer one."
        case .badName:
            "A user name has 1 to \(AccountName.maximumCount) of the characters A-Z, a-z, 0-9, dot, "
                + "underscore and hyphen: choose another one."
        case .badPassword:
            "A password has \(Password.counts.lowerBound) to "
                + "\(Password.counts.upperBound) bytes of UTF-8: choose another one."
        case .badKey(let problem): "The key is refused: \(problem)."
        case .nameTaken: "This user name is taken: choose another one."
        case .wrongCredentials: "The user name or the password is wrong: check both and try again."
        case .otherAddress(let own):
            "The log-in was signed for another address than this backend's: use \(own), or have its operator "
                + "set PUBLIC_URL."
        case .staleChallenge: "The log-in took too long, or was sent twice: log in again."
        case .formerAccount:
            "This account was made when a log-in at one backend could be used at another. If you trust this "
                + "one, log in with --former-account, once."
        case .tooManyAttempts(let delay):
            "Too many attempts to log in failed: try again in \(delay.wholeSeconds) seconds."
        case .tooBusy: "Too many users are logging in at the moment: try again in a few seconds."
        case .invalidToken: "The token is not one of this server: log in."
        case .sessionExpired: "The session has expired: log in again."
        case .sessionEnded: "The session has ended: log in again."
        case .sessionLocked:
            "The server no longer holds this session's key, as after a restart: log in again."
        case .sealedSession:
            "This session was opened without the password, so that the server cannot open files: "
                + "use the routes for sealed data, or log in with the password."
        case .openSession:
            "This session was opened with the password: give the present and the new password."
        case .damagedAccount:
            "The account's stored key is damaged: ask the operator to restore the database."
        case .storage:
            "The server cannot use its database at the moment: try again later, or ask the "
                + "operator, whose log says more."
        }
    }
}

extension AccountError.KeyProblem: CustomStringConvertible {
    /// What is wrong and how it must be, for the middle of a sentence.
    package var description: String {
        switch self {
        case .malformed: "its bytes are not an encoded password-protected key"
        case .saltLength: "its salt must have \(KeyRules.saltCount) bytes"
        case .tooWeak: "its scrypt parameters are too weak, so raise cost or parallelization"
        case .tooCostly: "its scrypt parameters are too costly, so lower cost or parallelization"
        }
    }
}

extension Duration {
    /// Seconds, rounded up, and at least one: what a client is told to wait.
    package var wholeSeconds: Int64 { max(1, (nanoseconds + 999_999_999) / 1_000_000_000) }
}

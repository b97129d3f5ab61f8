/// The body of `POST /api/register`: a password, or the key that the client made of one.
package struct RegisterForm: Hashable, Sendable, Codable {
    package var user: String
    package var password: String?
    /// `PasswordProtectedKey.encoded`.
    package var key: Base64?
}

extension RegisterForm {
    package init(user: String, key: Base64) { self.init(user: user, password: nil, key: key) }
}

/// A user's name: the answer to a registration, and the question for log-in parameters.
package struct UserForm: Hashable, Sendable, Codable {
    package var user: String

    package init(user: String) { self.user = user }
}

/// The answer to `POST /api/login/parameters`: what the client needs to sign a log-in.
package struct LogInParametersForm: Hashable, Sendable, Codable {
    package var salt: Hex
    package var cost: UInt64
    package var blockSize: UInt32
    package var parallelization: UInt32
    /// What is to be signed: `LogInStatement.challenge`.
    package var challenge: Hex

    /// The least of N·r·p that a server or a client agrees to: the cheapest of what OWASP's Password
    /// Storage Cheat Sheet calls equivalent (N = 2¹³, r = 8, p = 10).
    package static let leastWork: UInt64 = 655_360

    package init(
        salt: Hex, cost: UInt64, blockSize: UInt32, parallelization: UInt32, challenge: Hex
    ) {
        self.salt = salt
        self.cost = cost
        self.blockSize = blockSize
        self.parallelization = parallelization
        self.challenge = challenge
    }
}

/// That one knows a password, shown to one backend: a signed `LogInStatement`.
package struct LogInProofForm: Hashable, Sendable, Codable {
    /// Where the client found the backend.
    package var address: String
    package var challenge: Hex
    package var signature: Hex

    package init(address: String, challenge: Hex, signature: Hex) {
        self.address = address
        self.challenge = challenge
        self.signature = signature
    }
}

/// The body of `POST /api/login`: a password for an open session, a proof for a sealed one.
package struct LogInForm: Hashable, Sendable, Codable {
    package var user: String
    package var password: String?
    package var proof: LogInProofForm?
    /// `PasswordProtectedKey.formerProof`, for an account that was made before log-ins were signed.
    package var formerProof: Hex?
    /// Whether the session is to be set as a cookie too.
    package var cookie: Bool?
}

extension LogInForm {
    package init(user: String, proof: LogInProofForm) {
        self.init(user: user, password: nil, proof: proof, formerProof: nil, cookie: nil)
    }

    package init(user: String, formerProof: Hex) {
        self.init(user: user, password: nil, proof: nil, formerProof: formerProof, cookie: nil)
    }
}

/// The answer to a log-in.
package struct SessionForm: Hashable, Sendable, Codable {
    package var token: String
    /// When the token ends (`WireTime`).
    package var expires: String
    package var user: String
    /// `PasswordProtectedKey.encoded`; with a sealed session only.
    package var key: Base64?

    package init(token: String, expires: String, user: String, key: Base64? = nil) {
        self.token = token
        self.expires = expires
        self.user = user
        self.key = key
    }
}

/// The body of `POST /api/password`: passwords in an open session, proof and key in a sealed one.
package struct PasswordForm: Hashable, Sendable, Codable {
    package var current: String?
    package var new: String?
    /// That one knows the present password, signed for this key.
    package var proof: LogInProofForm?
    /// The same, for an account that was made before log-ins were signed.
    package var formerProof: Hex?
    /// The master key behind the new password.
    package var key: Base64?
}

extension PasswordForm {
    package init(proof: LogInProofForm, key: Base64) {
        self.init(current: nil, new: nil, proof: proof, formerProof: nil, key: key)
    }

    package init(formerProof: Hex, key: Base64) {
        self.init(current: nil, new: nil, proof: nil, formerProof: formerProof, key: key)
    }
}

/// What a session may do.
package enum SessionKind: String, Hashable, Sendable, Codable {
    /// Logged in with the password: the backend holds the master key.
    case open
    /// Logged in with a proof: the backend has never seen password or key.
    case sealed
}

/// The answer to `GET /api/account`.
package struct AccountForm: Hashable, Sendable, Codable {
    package var user: String
    package var session: SessionKind
    /// When the session ends (`WireTime`).
    package var expires: String

    package init(user: String, session: SessionKind, expires: String) {
        self.user = user
        self.session = session
        self.expires = expires
    }
}

import Cryptography
import HTTPTypes
import Hummingbird
import Primitives
import Wire

/// Accounts and sessions.
struct AccountRoutes: Sendable {
    let backend: BackendEnvironment

    func add(openToAll: RouterGroup<ServerContext>, loggedIn: RouterGroup<SessionContext>) {
        openToAll.post("register") { try await register($0, $1) }
        openToAll.post("login/parameters") { try await parameters($0, $1) }
        openToAll.post("login") { try await logIn($0, $1) }
        loggedIn.post("logout") { _, context in try await logOut(context.session) }
        loggedIn.post("password") { try await changePassword($0, $1) }
        loggedIn.get("account") { _, context in
            let session = context.session
            return Response.json(
                AccountForm(
                    user: session.name, session: session.isOpen ? .open : .sealed,
                    expires: WireTime.text(session.expires)))
        }
    }

    private func register(_ request: Request, _ context: ServerContext) async throws -> Response {
        let form = try await request.form(RegisterForm.self, context: context)
        let now = backend.clock.now
        switch (form.password, form.key) {
        case (let password?, nil):
            _ = try await backend.accounts.register(form.user, password: password, at: now)
        case (nil, let key?):
            _ = try await backend.accounts.register(form.user, key: key.bytes, at: now)
        default: throw AccountError.badPassword
        }
        return .json(UserForm(user: form.user), status: .created)
    }

    private func parameters(_ request: Request, _ context: ServerContext) async throws -> Response {
        let form = try await request.form(UserForm.self, context: context)
        return .json(
            try await backend.accounts.logInParameters(form.user, at: backend.clock.now))
    }

    private func logIn(_ request: Request, _ context: ServerContext) async throws -> Response {
        let form = try await request.form(LogInForm.self, context: context)
        let now = backend.clock.now
        let address = context.clientAddress
        let logIn =
            switch (form.password, Accounts.Proof(form.proof, form.formerProof)) {
            case (let password?, nil):
                try await backend.accounts.logIn(
                    form.user, password: password, from: address, at: now)
            case (nil, let proof?):
                try await backend.accounts.logIn(
                    form.user, proof: proof, from: address, at: now)
            default: throw AccountError.wrongCredentials
            }
        var response = Response.json(
            SessionForm(
                token: logIn.token, expires: WireTime.text(logIn.session.expires),
                user: logIn.session.name, key: logIn.key.map { Base64($0) }))
        if form.cookie == true {
            response.setCookie(
                cookie(logIn.token, maxAge: Int((logIn.session.expires - now).seconds)))
        }
        return response
    }

    private func logOut(_ session: Session) async throws -> Response {
        try await backend.accounts.logOut(session)
        var response = Response(status: .noContent)
        response.setCookie(cookie("", maxAge: 0))
        return response
    }

    private func changePassword(
        _ request: Request, _ context: SessionContext
    ) async throws -> Response {
        let session = context.session
        let form = try await request.form(PasswordForm.self, context: context)
        let now = backend.clock.now
        let address = context.clientAddress
        if let current = form.current, let new = form.new {
            try await backend.accounts.changePassword(
                session, from: current, to: new, address: address, at: now)
        } else if let proof = Accounts.Proof(form.proof, form.formerProof), let key = form.key {
            try await backend.accounts.changeKey(
                session, proof: proof, to: key.bytes, address: address, at: now)
        } else {
            throw AccountError.badPassword
        }
        return Response(status: .noContent)
    }

    private func cookie(_ value: String, maxAge: Int) -> Cookie {
        Cookie(
            name: BackendEnvironment.cookie, value: value, maxAge: maxAge, path: "/api",
            secure: backend.settings.address.hasPrefix("https"), httpOnly: true, sameSite: .strict)
    }
}

extension Accounts.Proof {
    /// Nil for none, and for two.
    fileprivate init?(_ signed: LogInProofForm?, _ former: Hex?) {
        switch (signed, former) {
        case (let form?, nil): self = .signed(form)
        case (nil, let proof?): self = .former(SecretKey(copying: proof.bytes))
        default: return nil
        }
    }
}

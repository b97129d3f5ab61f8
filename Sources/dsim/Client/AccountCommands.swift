import ArgumentParser
import Client

struct RegisterCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "register", abstract: "Open an account at a backend.",
        discussion: """
            The key to all your files is made on this machine, and reaches the backend only behind \
            your password, which it never sees. Nobody can give you another password if you forget \
            it. DSIM_PASSWORD may hold it.
            """)

    @Option(help: "The user's name: 1 to 64 letters, digits, dots, dashes and underscores.")
    var user: String

    @OptionGroup var passwords: PasswordOptions
    @OptionGroup var connection: ConnectionOptions

    func report() async throws -> ExitStatus {
        let backend = try connection.backendToLogInTo()
        let password = try passwords.new()
        try await connection.withClient(backend) {
            try await $0.register(user: user, password: password)
        }
        Output.standard(
            "\(user) is registered at \(backend).\nLog in with: dsim login --user \(user)\n")
        return .fine
    }
}

struct LogInCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Log in to a backend.",
        discussion: """
            Keeps a session in $XDG_CONFIG_HOME/dsim/session.json (else ~/.config/dsim), a file that \
            only you may read. It holds the key to your files until you log out: do not copy it. \
            DSIM_PASSWORD may hold the password. The backend sees a signature that holds for the \
            address which you gave, and cannot be used at another backend.
            """)

    @Option(help: "The user's name.")
    var user: String

    @Flag(
        help:
            "Renew an account that was made before log-ins were signed. Only at a backend that you trust."
    )
    var formerAccount = false

    @OptionGroup var passwords: PasswordOptions
    @OptionGroup var connection: ConnectionOptions

    func report() async throws -> ExitStatus {
        let backend = try connection.backendToLogInTo()
        let password = try passwords.present()
        let session = try await connection.withClient(backend) {
            formerAccount
                ? try await $0.logInToFormerAccount(user: user, password: password)
                : try await $0.logIn(user: user, password: password)
        }
        try connection.folders().sessionFile.write(session)
        Output.standard("\(session.user) is logged in at \(backend) until \(session.expires).\n")
        return .fine
    }
}

struct LogOutCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "End the session and forget its key.")

    @OptionGroup var connection: ConnectionOptions

    func report() async throws -> ExitStatus {
        let session = try connection.session()
        // The key goes first: it must not stay because a backend cannot be reached.
        try connection.folders().sessionFile.remove()
        do {
            try await connection.withClient(session.backend, token: session.token) {
                try await $0.logOut()
            }
        } catch let error as ClientError where error.kind == .notLoggedIn {
            // It had ended by itself.
        }
        Output.standard("\(session.user) is logged out.\n")
        return .fine
    }
}

struct PasswordCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "passwd", abstract: "Change the password.",
        discussion: """
            Your files need not be sealed anew, and this session goes on; your others end. With \
            --password-stdin the present password comes first, then a line with the new one. \
            DSIM_PASSWORD and DSIM_NEW_PASSWORD may hold them.
            """)

    @OptionGroup var passwords: PasswordOptions
    @OptionGroup var connection: ConnectionOptions

    func report(_ client: StoreClient, _ session: UserSession) async throws -> ExitStatus {
        let present = try passwords.present("Present password: ")
        let new = try passwords.new("New password: ", variable: "DSIM_NEW_PASSWORD")
        try await client.changePassword(of: session, from: present, to: new)
        Output.standard("The password is changed.\n")
        return .fine
    }
}

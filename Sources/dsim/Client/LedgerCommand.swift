import ArgumentParser
import Client
import Server

struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Verify, show, prove and export a backend's ledger.",
        subcommands: [
            LedgerVerifyCommand.self, LedgerShowCommand.self, LedgerProveCommand.self,
            LedgerExportCommand.self,
        ])
}

/// Which ledger is meant.
struct LedgerOptions: ParsableArguments {
    @Option(
        help: "Read what `dsim ledger export` wrote instead of asking a backend.",
        completion: .file())
    var file: String?

    @Option(
        help: "Read a backend's data folder on this machine, or the database in it.",
        completion: .directory)
    var data: String?

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        try require(file == nil || data == nil, "--file and --data exclude each other.")
    }

    /// Hands over the ledger, and the session where it is a backend's.
    func withReader<Result>(
        _ body: (any LedgerSource, (client: StoreClient, session: UserSession)?) async throws ->
            Result
    ) async throws -> Result {
        if let file { return try await body(LedgerFile(file), nil) }
        if let data { return try await body(LedgerDatabase(at: data), nil) }
        return try await connection.withSession { client, session in
            try await body(client, (client, session))
        }
    }
}

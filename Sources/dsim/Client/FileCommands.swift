import ArgumentParser
import Client
import Files
import Primitives
import Wire
import Workbench

struct ListCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the stored files; the newest first.")

    @Flag(help: "List what was deleted lately, and can be brought back.")
    var deleted = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var connection: ConnectionOptions

    func report(_ client: StoreClient, _ session: UserSession) async throws -> ExitStatus {
        let files = try await client.files(of: session, deleted: deleted)
        try Output.show(FileListForm(files: files.files.map(\.form)), asJSON: json) {
            files.files.isEmpty ? "" : Self.text(of: files.files, deleted)
        }
        for failure in files.failures { Output.error("dsim: \(failure)\n") }
        return files.failures.isEmpty ? .fine : .untrustworthy
    }

    private static func text(of files: [StoredFile], _ areDeleted: Bool) -> String {
        var table = TextTable(
            ["ID", "SIZE", areDeleted ? "DELETED" : "STORED", "NAME"], right: [1])
        for file in files {
            table.add([
                String(file.id.description.prefix(8)), Format.bytes(file.manifest.size),
                Printable.time(file.created), Printable.text(file.manifest.name),
            ])
        }
        return table.text
    }
}

struct InfoCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show what is known of a stored file.")

    @Argument(help: "The file's name, or id: and the start of its id.")
    var name: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var connection: ConnectionOptions

    func report(_ client: StoreClient, _ session: UserSession) async throws -> ExitStatus {
        let file = try await client.file(name, of: session)
        try Output.show(file.form, asJSON: json) { Self.text(of: file) }
        return .fine
    }

    private static func text(of file: StoredFile) -> String {
        let manifest = file.manifest
        let most = Format.bytes(UInt64(manifest.chunkSize.count))
        return TextTable(
            ["name", Printable.text(manifest.name)], ["id", "\(file.id)"],
            ["size", "\(Format.count(manifest.size)) bytes (\(Format.bytes(manifest.size)))"],
            ["SHA-256", "\(manifest.contentHash)"], ["stored", Printable.time(file.created)],
            ["chunks", "\(Format.count(manifest.chunks.count)) of \(most) at most"],
            ["root", "\(manifest.merkleRoot), as the backend has it"]
        ).text
    }
}

struct RemoveCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Delete stored files.",
        discussion: """
            Of several files of one name the newest goes. For some days dsim undelete brings it back, if \
            the nodes have not needed the room.
            """)

    @Argument(help: "The files' names, or id: and the starts of their ids.")
    var names: [String]

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    @OptionGroup var connection: ConnectionOptions

    func report(_ client: StoreClient, _ session: UserSession) async throws -> ExitStatus {
        let files = try await client.files(of: session)
        // All of them before any: a slip of the pen should delete nothing.
        for file in try names.map({ try files.find($0) }) {
            try await client.delete(file.id, chunks: file.manifest.chunks)
            if !quiet {
                Output.standard("\(Printable.text(file.manifest.name)): deleted\n")
            }
        }
        return .fine
    }
}

struct UndeleteCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "undelete", abstract: "Bring deleted files back.",
        discussion: """
            Of several files of one name the one that was deleted last comes back. See what there is with: \
            dsim ls --deleted
            """)

    @Argument(help: "The files' names, or id: and the starts of their ids.")
    var names: [String]

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    @OptionGroup var connection: ConnectionOptions

    func report(_ client: StoreClient, _ session: UserSession) async throws -> ExitStatus {
        let files = try await client.files(of: session, deleted: true)
        for file in try names.map({ try files.find($0) }) {
            try await client.undelete(file.id, chunks: file.manifest.chunks)
            if !quiet { Output.standard("\(Printable.text(file.manifest.name)): back\n") }
        }
        return .fine
    }
}

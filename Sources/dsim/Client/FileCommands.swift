import ArgumentParser
import Client
import Files
import Primitives
import Wire
import Workbench

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the stored files; the newest first.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await reporting {
            try await connection.withSession { client, session in
                let files = StoredFiles(
                    opening: try await client.sealedFiles(), with: session.masterKey)
                if json {
                    Output.standard(
                        try WireJSON.pretty(FileListForm(files: files.files.map(\.form))) + "\n")
                } else {
                    var table = TextTable(["ID", "SIZE", "STORED", "NAME"], right: [1])
                    for file in files.files {
                        table.add([
                            String(file.id.description.prefix(8)),
                            Format.bytes(file.manifest.size), Printable.time(file.created),
                            Printable.text(file.manifest.name),
                        ])
                    }
                    if !files.files.isEmpty { Output.standard(table.text) }
                }
                for failure in files.failures { Output.error("dsim: \(failure)\n") }
                return files.failures.isEmpty ? .fine : .untrustworthy
            }
        }
    }
}

struct InfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show what is known of a stored file.")

    @Argument(help: "The file's name, or id: and the start of its id.")
    var name: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await reporting {
            try await connection.withSession { client, session in
                let listed = try StoredFiles(
                    opening: try await client.sealedFiles(), with: session.masterKey
                ).find(name)
                let file = try StoredFile(
                    opening: try await client.record(of: listed.id), with: session.masterKey)
                if json {
                    Output.standard(try WireJSON.pretty(file.form) + "\n")
                    return .fine
                }
                var table = TextTable()
                table.add(["name", Printable.text(file.manifest.name)])
                table.add(["id", "\(file.id)"])
                table.add([
                    "size",
                    "\(Format.count(file.manifest.size)) bytes (\(Format.bytes(file.manifest.size)))",
                ])
                table.add(["SHA-256", "\(file.manifest.contentHash)"])
                table.add(["stored", Printable.time(file.created)])
                let size = Format.bytes(UInt64(file.manifest.chunkSize.count))
                table.add([
                    "chunks", "\(Format.count(file.manifest.chunks.count)) of \(size) at most",
                ])
                table.add(["root", "\(file.manifest.merkleRoot), as the backend has it"])
                Output.standard(table.text)
                return .fine
            }
        }
    }
}

struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Delete stored files.",
        discussion: "Of several files of one name the newest goes. Nothing brings a file back.")

    @Argument(help: "The files' names, or id: and the starts of their ids.")
    var names: [String]

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await reporting {
            try await connection.withSession { client, session in
                let files = StoredFiles(
                    opening: try await client.sealedFiles(), with: session.masterKey)
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
    }
}

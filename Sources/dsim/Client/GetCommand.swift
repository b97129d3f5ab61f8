import ArgumentParser
import Client
import Files
import Foundation
import Glibc
import Workbench

struct GetCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Fetch a file.",
        discussion: """
            Every byte is checked before it is written; the file appears when it is whole. What was \
            broken off goes on where it was when the same command is run again.
            """)

    @Argument(help: "The file's name, or id: and the start of its id.")
    var name: String

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: "Where to write it; - for standard output. (default: its name, here)",
        completion: .file())
    var output: String?

    @Flag(help: "Replace the file that is there.")
    var force = false

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    @OptionGroup var connection: ConnectionOptions

    var advice: String? { "Run the same command again to go on from there." }

    func report(_ client: StoreClient, _ session: UserSession) async throws -> ExitStatus {
        try await get(try await client.file(name, of: session), client)
        return .fine
    }

    private func get(_ file: StoredFile, _ client: StoreClient) async throws {
        let target = try target(of: file)
        let display = TransferDisplay(name: file.manifest.name, isQuiet: quiet)
        let download = Download(client: client, file: file, target: target, progress: display.show)
        defer { display.clear() }
        let resumed = try await download.run()
        display.clear()
        guard !quiet, case .file(let path, _) = target else { return }
        let text = resumed > 0 ? ", \(Format.bytes(resumed)) of it before" : ""
        Output.standard(
            "\(Printable.text(path)): \(Format.bytes(file.manifest.size))\(text), verified\n")
    }

    private func target(of file: StoredFile) throws(ClientError) -> Download.Target {
        if output == "-" { return .stream(STDOUT_FILENO) }
        var status = stat()
        if let output, stat(output, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR {
            return .file(output, replacing: force)
        }
        // The name is whatever was stored: it must not lead anywhere else.
        let name = file.manifest.name
        guard FileName.isAllowed(name) else {
            throw ClientError(
                .cannotCreate, "The file's name cannot be one here. Give another with -o.")
        }
        guard let output else { return .file(name, replacing: force) }
        return .file(output + (output.hasSuffix("/") ? "" : "/") + name, replacing: force)
    }
}

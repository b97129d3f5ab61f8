import ArgumentParser
import Client
import Files
import Foundation
import Primitives
import Workbench

struct PutCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Store files.",
        discussion: """
            Files are cut up and sealed on this machine; the backend sees neither names nor bytes. \
            What was broken off goes on where it was when the same command is run again, as long as \
            the file has not changed.
            """)

    @Argument(
        help: "The files to store; - for standard input, which needs --name.", completion: .file())
    var files: [String]

    @Option(help: "The name to store it under. (default: the last part of the path)")
    var name: String?

    @Flag(help: "Delete older files of the same name once the new one is stored.")
    var replace = false

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        try require(name == nil || files.count <= 1, "--name goes with one file only.")
        try require(name != nil || !files.contains("-"), "Standard input needs a --name.")
        try require(
            files.map(storedName).allSatisfy(FileName.isAllowed),
            "A name has 1 to 255 bytes, without control characters and slashes; give one with --name."
        )
    }

    private func storedName(_ path: String) -> String {
        name ?? path.split(separator: "/").last.map(String.init) ?? ""
    }

    var advice: String? {
        files.contains("-")
            ? "What came from standard input has to be sent anew."
            : "Run the same command again to go on from there."
    }

    func report(_ client: StoreClient, _ session: UserSession) async throws -> ExitStatus {
        for file in files { try await put(file, client, session) }
        return .fine
    }

    private func put(_ path: String, _ client: StoreClient, _ session: UserSession) async throws {
        let name = storedName(path)
        let older = try await client.files(of: session).named(name)
        guard older.isEmpty || replace else {
            throw ClientError(
                .alreadyExists,
                "A file of this name is stored already. Give another --name, or --replace.")
        }
        let display = TransferDisplay(name: name, isQuiet: quiet)
        let upload = Upload(
            client: client, session: session, name: name,
            source: path == "-" ? .stream(STDIN_FILENO) : .file(path),
            folders: try connection.folders(), progress: display.show)
        defer { display.clear() }
        let stored: StoredUpload
        do {
            stored = try await upload.run()
        } catch var error as ClientError where error.mayPass && path != "-" {
            error.message +=
                " What arrived is kept for a while: run the same command again to go on."
            throw error
        }
        for file in older { try await client.delete(file.id, chunks: file.manifest.chunks) }
        display.clear()
        guard !quiet else { return }
        let resumed =
            stored.resumedBytes > 0 ? ", \(Format.bytes(stored.resumedBytes)) of it before" : ""
        Output.standard(
            "\(Printable.text(name)): stored \(Format.bytes(stored.manifest.size))\(resumed) as "
                + "id:\(stored.id)\n")
    }
}

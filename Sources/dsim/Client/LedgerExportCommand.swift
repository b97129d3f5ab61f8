import ArgumentParser
import Client
import Ledger
import Workbench

struct LedgerExportCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a backend's whole ledger to a file, verified.",
        discussion: "Anyone can check the file: dsim ledger verify --file FILE")

    @Option(
        name: [.customShort("o"), .customLong("output")], help: "The file to write.",
        completion: .file())
    var output: String

    @Flag(help: "Replace the file that is there.")
    var force = false

    @OptionGroup var connection: ConnectionOptions

    var advice: String? { "Nothing was written." }

    func report(_ client: StoreClient, _ session: UserSession) async throws -> ExitStatus {
        let folders = try connection.folders()
        let memory = try LedgerMemory.read(of: session.backend, in: folders)
        var check = LedgerCheck(memory: memory)
        let file = try NewFile(output, replacing: force)
        try await client.blocks { block in
            try check.check(encoded: block)
            let count = UInt32(block.count)
            try file.append([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + block)
        }
        try check.finish(backend: session.backend.text)?.write(in: folders)
        try file.finish()
        Output.standard(
            "\(Printable.text(output)): \(Format.count(check.state.blockCount)) blocks, "
                + "\(Format.count(check.state.recordCount)) records, verified\n")
        return .fine
    }
}

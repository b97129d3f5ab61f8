import ArgumentParser
import Client
import Primitives
import Wire
import Workbench

struct NetworkCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "network", abstract: "Show the network as the backend sees it.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var connection: ConnectionOptions

    func report(_ client: StoreClient, _ _: UserSession) async throws -> ExitStatus {
        let network = try await client.network()
        try Output.show(network, asJSON: json) { Self.text(of: network) }
        return .fine
    }

    /// How far a clock differs from the backend's: an answer that travels takes as much as what is not
    /// told.
    private static func clock(_ aheadMilliseconds: Int64?) -> String {
        guard let aheadMilliseconds else { return "" }
        guard aheadMilliseconds.magnitude >= 1000 else { return "right" }
        let seconds = Format.seconds(Double(aheadMilliseconds.magnitude) / 1000)
        return seconds + (aheadMilliseconds > 0 ? " ahead" : " behind")
    }

    static func text(of network: NetworkForm) -> String {
        var nodes = TextTable(
            [
                "NODE", "STATUS", "DOMAIN", "CHUNKS", "FREE", "OF", "LAST SEEN", "CLOCK", "ADDRESS",
            ],
            right: [2, 3, 4, 5])
        for node in network.nodes {
            nodes.add([
                node.id.hexadecimal, node.status.rawValue, "\(node.domain)",
                Format.count(node.chunks), Format.bytes(node.freeBytes),
                Format.bytes(node.capacityBytes), node.lastSeen.map(Printable.time) ?? "never",
                clock(node.clockAheadMilliseconds), node.address.map(Printable.text) ?? "",
            ])
        }
        var discoveries = TextTable(["DISCOVERY", "ANSWERS", "CLOCK"])
        for discovery in network.discoveries {
            discoveries.add([
                Printable.text(discovery.url), discovery.isAnswering ? "yes" : "no",
                clock(discovery.clockAheadMilliseconds),
            ])
        }
        var replicas = TextTable(["REPLICAS", "CHUNKS"], right: [0, 1])
        for (count, chunks) in network.redundancy.chunksByReplicas.enumerated() where chunks > 0 {
            replicas.add(["\(count)", Format.count(chunks)])
        }
        return [
            nodes.text, discoveries.text, replicas.text,
            "Each chunk is to have \(Format.plural(network.redundancy.target, "replica")). Repairs: "
                + "\(Format.count(network.repair.waiting)) waiting, "
                + "\(Format.count(network.repair.underWay)) under way.\n"
                + "The ledger has \(Format.plural(Int(clamping: network.ledger.records), "record")) in "
                + "\(Format.plural(Int(clamping: network.ledger.blocks), "block")).\n",
        ].joined(separator: "\n")
    }
}

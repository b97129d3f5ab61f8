import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Spawning
import Testing

@testable import Server
@testable import Wire

/// Servers with certificates of an authority of their own, as processes, and the program as their
/// client.
@Suite(.serialized) struct TLSProcessTests {
    @Test func `a client that trusts the authority stores and fetches`() async throws {
        let network = try SecureNetwork()
        try await network.start()
        let dsim = network.dsim
        let bytes = FileStore.bytes(1, 300_000)
        try Data(bytes).write(to: network.warden.folder.appending(path: "report.bin"))
        for command in [
            ["register", "--user", "ada"], ["login", "--user", "ada"], ["put", "report.bin"],
            ["get", "report.bin", "-o", "copy.bin"], ["ledger", "verify"], ["network"],
        ] {
            let stranger = try await dsim.run(all: command)
            #expect(stranger.status == 76 && stranger.output.isEmpty, "\(command): \(stranger)")
            #expect(stranger.errors.contains("its certificate does not check out"))
            #expect(stranger.errors.contains("--tls-ca"))
            let outcome = try await dsim.run(all: command + ["--tls-ca", network.authority])
            #expect(outcome.status == 0, "\(command): \(outcome)")
        }
        let copy = try Data(contentsOf: network.warden.folder.appending(path: "copy.bin"))
        #expect(Array(copy) == bytes)
    }

    @Test func `a node tells its operator how it is and can be sent away`() async throws {
        let network = try SecureNetwork()
        try await network.start()
        let node = network.nodes[0]
        let trust = ["--tls-ca", network.authority]
        let stranger = try await network.dsim.run(
            all: ["node", "status", "--url", SecureNetwork.address(of: node)])
        #expect(stranger.status == 76 && stranger.output.isEmpty, "\(stranger)")
        #expect(stranger.errors.contains("its certificate does not check out"), "\(stranger)")
        let status = try await network.dsim.run(
            all: ["node", "status", "--url", SecureNetwork.address(of: node)] + trust)
        #expect(status.status == 0 && status.errors.isEmpty, "\(status)")
        #expect(status.output.contains("\nphase     serving\n"), "\(status)")
        let folder = network.warden.folder.appending(path: node.name).path
        let drained = try await network.dsim.run(
            all: ["node", "drain", "--no-wait", "--data", folder] + trust)
        #expect(drained.status == 0 && drained.errors.isEmpty, "\(drained)")
        #expect(drained.output.hasPrefix("The node is leaving: "), "\(drained)")
    }
}

/// A discovery, two nodes and a backend that speak TLS, and go by the name of this machine.
private struct SecureNetwork {
    let warden: Warden
    let authority: String
    let discovery: ServerProcess
    let nodes: [ServerProcess]
    let backend: ServerProcess

    init() throws {
        let warden = try Warden()
        let certificates = try TestAuthority(
            in: warden.folder.appending(path: "certificates"), certifying: "DNS:localhost")
        let discoveryPort = try FreePorts.take()
        func server(_ name: String, _ port: Int, _ own: [String]) -> ServerProcess {
            ServerProcess(
                name, port: port,
                arguments: own + [
                    "--data", warden.folder.appending(path: name).path,
                    "--join-token", ProcessNetwork.token,
                    "--public-url", "https://localhost:\(port)",
                    "--discovery-url", "https://localhost:\(discoveryPort)",
                    "--tls-certificate", certificates.path("certificate.pem"),
                    "--tls-key", certificates.path("key.pem"),
                    "--tls-ca", certificates.path("ca.pem"),
                    "--replicas", "2",
                ] + ProcessNetwork.quick,
                warden: warden)
        }
        self.warden = warden
        authority = certificates.path("ca.pem")
        discovery = server("discovery", discoveryPort, ["--role", "discovery"])
        nodes = try (0..<2).map { index in
            server(
                "node-\(index)", try FreePorts.take(),
                ["--role", "node", "--domain", String(index), "--capacity", "10GB"])
        }
        backend = server("backend", try FreePorts.take(), ["--role", "backend"])
    }

    static func address(of server: ServerProcess) -> String {
        "https://localhost:\(server.port)"
    }

    /// Starts everything, and waits until files can be put: by then the servers have reached each
    /// other.
    func start() async throws {
        let all = [discovery] + nodes + [backend]
        for server in all { try server.start() }
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .init(
                tlsConfiguration: try TLS.client(authority: authority),
                timeout: .init(connect: .seconds(10))))
        do {
            for server in all {
                try await wait("\(server.name) is ready\n\(server.messages.suffix(2_000))") {
                    let url = Self.address(of: server) + "/ready"
                    let answer = try? await client.execute(
                        HTTPClientRequest(url: url), timeout: .seconds(20))
                    return answer?.status == .ok
                }
            }
            try await client.shutdown()
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    /// The program as a client of the backend, which it has not been told to trust.
    var dsim: Program {
        var program = Program(folder: warden.folder)
        program.environment["DSIM_BACKEND"] = Self.address(of: backend)
        program.environment["DSIM_PASSWORD"] = ProcessNetwork.password
        return program
    }
}

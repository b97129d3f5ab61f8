import AsyncHTTPClient
package import Client
import Cryptography
import Foundation
import NIOCore
import NIOHTTP1
import Platform
package import Primitives
package import Wire

/// What the operator of a node asks of it.
package struct NodeOperator: Sendable {
    private let client: HTTPClient

    package init(tlsAuthority: String?) throws(ClientError) {
        let tls = try translating(try TLS.client(authority: tlsAuthority)) {
            (error: TLS.Failure) in ClientError(.cannotRead, "\(error)")
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .strict(tls: tls))
    }

    package func close() async { try? await client.shutdown() }

    /// How a node is. Throws where nothing answers there, or no node.
    package func status(of url: String) async throws(ClientError) -> NodeStatusForm {
        try await ask(HTTPClientRequest(url: url + "/status"), at: url)
    }

    /// The parameter that names backends which are no more.
    static let forgets = "forget"

    /// The parameter that says since when, in nanoseconds of Unix time.
    static let since = "since"

    /// Has the node whose data folder this is take back what was deleted from it since then. Returns
    /// where it is and how it is now.
    package func undelete(
        dataFolder: String, since: Instant
    ) async throws(ClientError) -> (url: String, status: NodeStatusForm) {
        try await order("/undelete?\(Self.since)=\(since.nanoseconds)", dataFolder: dataFolder)
    }

    /// Tells the node whose data folder this is to leave the network for good, without waiting for
    /// backends that are no more. Returns where it is and how it is now.
    package func drain(
        dataFolder: String, forgetting backends: [PeerID] = []
    ) async throws(ClientError) -> (url: String, status: NodeStatusForm) {
        let ids = backends.map(\.hexadecimal).joined(separator: ",")
        return try await order(
            backends.isEmpty ? "/drain" : "/drain?\(Self.forgets)=\(ids)", dataFolder: dataFolder)
    }

    /// Asks as the node itself, whose key its operator can read.
    private func order(
        _ target: String, dataFolder: String
    ) async throws(ClientError) -> (url: String, status: NodeStatusForm) {
        let note: ServerNote
        var seed: [UInt8]
        do {
            note = try WireJSON.decode(
                ServerNote.self,
                from: Data(contentsOf: URL(fileURLWithPath: "\(dataFolder)/\(ServerNote.file)")))
            seed = Array(try Data(contentsOf: URL(fileURLWithPath: "\(dataFolder)/identity.key")))
        } catch {
            throw ClientError(
                .cannotRead,
                "\(dataFolder) is not the data folder of a node that has been started, or is not yours "
                    + "to read. Give the folder that dsim serve was given with --data.")
        }
        guard let key = try? SigningKey(seed: SecretKey(wiping: &seed)) else {
            throw ClientError(.cannotRead, "\(dataFolder)/identity.key is damaged.")
        }
        let identity = Identity(key: key)
        let subject = RequestSignature.Subject(
            receiver: identity.id, method: "POST", target: target,
            introduction: note.introduction, bodyHash: RequestSignature.emptyBodyHash)
        let signature = RequestSignature(
            of: subject, by: identity, at: Clock.systemTime(), nonce: SystemRandom.word())
        var request = HTTPClientRequest(url: note.url + target)
        request.method = .POST
        request.headers.add(name: "authorization", value: signature.header)
        request.headers.add(name: Introduction.header, value: note.introduction)
        return (note.url, try await ask(request, at: note.url))
    }

    private func ask(
        _ request: HTTPClientRequest, at url: String
    ) async throws(ClientError) -> NodeStatusForm {
        let body: ByteBuffer
        let isFine: Bool
        do {
            let response = try await client.execute(request, timeout: .seconds(10))
            isFine = 200..<300 ~= response.status.code
            body = try await response.body.collect(upTo: 1 << 20)
        } catch {
            throw ClientError(insecure: error, at: url)
                ?? ClientError(
                    .unreachable, "No node answers at \(url). Check that it runs, and its address.")
        }
        let data = Data(Array(buffer: body))
        if isFine, let form = try? WireJSON.decode(NodeStatusForm.self, from: data) { return form }
        let reason = (try? WireJSON.decode(ErrorForm.self, from: data))?.error.message
        throw ClientError(.misbehaving, reason ?? "What answers at \(url) is not a node.")
    }
}

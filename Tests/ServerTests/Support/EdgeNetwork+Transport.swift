import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Server

extension EdgeNetwork {
    /// How a test's requests reach a server. What a handler does must not depend on it.
    enum Transport: Sendable, CaseIterable {
        /// Handed to what answers them, in this process.
        case inProcess
        /// Over a socket, by the server's own listener.
        case socket

        /// Nil where no answer came.
        func request(
            of network: EdgeNetwork, _ role: Role, _ method: String, _ target: String,
            headers: [(String, String)], body: [UInt8]?
        ) async throws -> RawAnswer? {
            switch self {
            case .socket:
                try await RawConnection.request(
                    network.port(role), method, target, headers: headers, body: body)
            case .inProcess:
                try await Application(responder: network.responder(role)).test(.router) {
                    try await Self.request($0, method, target, headers: headers, body: body)
                }
            }
        }

        /// As `RawConnection.request` has it.
        private static func request(
            _ client: any TestClientProtocol, _ method: String, _ target: String,
            headers: [(String, String)], body: [UInt8]?
        ) async throws -> RawAnswer {
            var fields = HTTPFields()
            for (name, value) in headers {
                fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
            }
            if body != nil, fields[.contentType] == nil {
                fields[.contentType] = "application/json"
            }
            let answer = try await client.executeRequest(
                uri: target, method: try #require(HTTPRequest.Method(method)), headers: fields,
                body: body.map { ByteBuffer(bytes: $0) })
            return RawAnswer(
                status: answer.status.code,
                headers: Dictionary(answer.headers.map { ($0.name.canonicalName, $0.value) }) {
                    $1
                },
                body: Array(buffer: answer.body))
        }
    }

    private func responder(_ role: Role) -> RouterResponder<ServerContext> {
        switch role {
        case .discovery: discovery.responder
        case .node: nodes[0].responder
        case .backend: backend.responder
        }
    }
}

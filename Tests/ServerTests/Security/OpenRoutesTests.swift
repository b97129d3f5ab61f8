import Cryptography
import Foundation
import Frontend
import Primitives
import Testing

@testable import Server

/// What is served to whoever asks, and that nothing else is.
@Suite struct OpenRoutesTests {
    private static let ofAllServers: Set = [
        "GET /health", "GET /ready", "GET /metrics", "GET /openapi.json",
    ]

    /// All that anybody may ask for. A route that joins this list needs a reason.
    private static func open(_ role: EdgeNetwork.Role) -> Set<String> {
        switch role {
        case .discovery: ofAllServers
        case .node: ofAllServers.union(["GET /status", "GET /heads"])
        case .backend:
            ofAllServers.union(Frontend.paths.map { "GET \($0)" }).union([
                "POST /api/register", "POST /api/login", "POST /api/login/parameters",
            ])
        }
    }

    /// Values that parameters may have, so that it is for nothing else that a request is refused.
    private static let values = [
        "chunk": "\(Hash256.zero)", "id": String(repeating: "0", count: 32),
        "epoch": String(repeating: "0", count: 16), "proof": "AAAA", "name": "x",
    ]

    private static func target(of operation: APIDescription.Operation) -> String {
        var path = operation.path
        var query: [String] = []
        for parameter in operation.parameters where parameter.isRequired {
            let value = values[parameter.name] ?? "0"
            path = path.replacing("{\(parameter.name)}", with: value)
            if parameter.place == "query" { query.append("\(parameter.name)=\(value)") }
        }
        return query.isEmpty ? path : path + "?" + query.joined(separator: "&")
    }

    @Test(arguments: EdgeNetwork.Transport.allCases)
    func `every route that is not listed as open refuses whoever is not known`(
        over transport: EdgeNetwork.Transport
    ) async throws {
        try await EdgeNetwork.run(nodes: 1, over: transport) { network in
            for role in EdgeNetwork.Role.allCases {
                let described = try await network.description(of: role)
                // By the routes as they are, so that one without a description is asked for too.
                for route in network.routes(role) {
                    let operation = try #require(described[route], "\(route) is not described")
                    guard !Self.open(role).contains(route) else {
                        #expect(operation.security.isEmpty, "\(route)")
                        continue
                    }
                    #expect(!operation.security.isEmpty, "\(route)")
                    try await Self.expectRefusal(of: operation, by: role, in: network)
                }
                #expect(Self.open(role).isSubset(of: network.routes(role)))
            }
        }
    }

    private static func expectRefusal(
        of operation: APIDescription.Operation, by role: EdgeNetwork.Role, in network: EdgeNetwork
    ) async throws {
        // With nothing, with a token that nobody was given, and with one of another kind.
        for headers in [
            [], [("Authorization", "Bearer none")], [("Authorization", "Basic YTpi")],
        ] {
            let answer = try await network.request(
                role, operation.method, target(of: operation), headers: headers,
                body: operation.body.isEmpty ? nil : Array("{}".utf8))
            #expect(answer.status == 401, "\(role) \(operation.name): \(answer.text)")
        }
    }
}

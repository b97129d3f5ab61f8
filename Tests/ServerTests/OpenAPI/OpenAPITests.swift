import Cryptography
import Files
import Foundation
import Merkle
import Primitives
import Roles
import Testing

@testable import Server

/// The descriptions that servers give of themselves.
@Suite struct OpenAPITests {
    @Test func `every route is described and every description has a route`() async throws {
        try await EdgeNetwork.run { network in
            for role in EdgeNetwork.Role.allCases {
                let description = try await network.description(of: role)
                #expect(description.operations.map(\.name) == network.routes(role))
            }
        }
    }

    @Test(arguments: EdgeNetwork.Role.allCases)
    func `the document is well formed`(role: EdgeNetwork.Role) throws {
        let description = try Self.description(role)
        #expect(description.document["openapi"] == .string("3.1.0"))
        #expect(description.document["info"]?["version"] == .string(Version.current))
        var problems: [String] = []
        for (name, schema) in description.check.schemas {
            problems += description.check.malformations(schema, at: name)
        }
        let schemes = description.document["components"]?["securitySchemes"]?.object ?? [:]
        for operation in description.operations {
            let placeholders = Set(
                operation.path.matches(of: /\{([a-z]+)\}/).map { String($0.output.1) })
            let inPath = Set(operation.parameters.filter { $0.place == "path" }.map(\.name))
            if placeholders != inPath { problems.append("\(operation.name): \(inPath)") }
            for scheme in operation.security where schemes[scheme] == nil {
                problems.append("\(operation.name): no scheme \(scheme)")
            }
            let contents =
                operation.responses.values.flatMap(\.content.values) + operation.body.values
                + operation.parameters.map(\.schema)
            for schema in contents {
                problems += description.check.malformations(schema, at: operation.name)
            }
            for (status, response) in operation.responses where status >= 400 {
                // A readiness is no error, and the codes of all others are known.
                if response.codes.isEmpty, operation.path != "/ready" {
                    problems.append("\(operation.name): \(status) without codes")
                }
            }
        }
        #expect(problems.isEmpty, "\(problems)")
        let names = description.document["paths"]?.object?.values.flatMap { path in
            path.object?.values.compactMap { $0["operationId"]?.string } ?? []
        }
        #expect(names.map { Set($0).count == $0.count } == true, "each id is used once")
    }

    static func description(_ role: EdgeNetwork.Role) throws -> APIDescription {
        let bytes =
            switch role {
            case .discovery: DiscoveryServer.description
            case .node: NodeServer.description
            case .backend: BackendServer.description
            }
        return try APIDescription(bytes)
    }

    /// Who is asked, and for what.
    private static let asked: [(EdgeNetwork.Role, [any ServerRequest.Type])] = [
        (.discovery, DiscoveryRequest.all), (.node, NodeRequest.all),
        (.backend, BackendRequest.all),
    ]

    @Test func `what servers ask of each other is described as it is`() throws {
        #expect(Self.asked.flatMap(\.1).count == ServerRequests.all.count)
        for (role, kinds) in Self.asked {
            let description = try Self.description(role)
            for kind in kinds { try Self.check(kind, description) }
        }
    }

    private static func check<Asked: ServerRequest>(
        _ kind: Asked.Type, _ description: APIDescription
    ) throws {
        let route = Asked.route
        let name = "\(route.method.rawValue) \(route.path)"
        let operation = try #require(description[name], "\(name) is not described")
        #expect(operation.bodyLimit ?? 0 == Asked.bodyLimit, "\(name)")
        #expect(operation.body.isEmpty == (Asked.bodyLimit == 0), "\(name)")
        #expect(operation.security.contains("serverSignature"), "\(name)")
        func described(_ place: String) -> [String] {
            operation.parameters.filter { $0.place == place && $0.isRequired }.map(\.name)
        }
        #expect(described("path") + described("query") == route.parameters, "\(name)")
        #expect(described("query") == Array(route.query), "\(name)")
        // Heard, where that is all that may be said.
        let isHeard = Asked.Reply.self == Never.self || Asked.answerTime.isAskedAgain
        #expect((operation.responses[202] != nil) == isHeard, "\(name)")
        let isAnswered = operation.responses.keys.contains { [200, 201, 204].contains($0) }
        #expect(isAnswered == (Asked.Reply.self != Never.self), "\(name)")
    }

    @Test func `the answers that a status stands for are described as they are`() throws {
        let description = try Self.description(.node)
        func check(_ name: String, _ answer: WireAnswer) throws {
            let response = try #require(description[name]?.responses[answer.status])
            switch answer.body {
            case .none: #expect(response.content.isEmpty, "\(name) \(answer)")
            case .refusal(let code, _): #expect(response.codes.contains(code), "\(name) \(code)")
            case .json, .bytes: Issue.record("\(name): the status does not say it all")
            }
        }
        for outcome in StoreOutcome.allCases { try check("POST /store", outcome.wire) }
        for outcome in DeleteOutcome.allCases { try check("POST /delete", outcome.wire) }
    }

    @Test func `the limits of bodies of users are those described`() throws {
        let backend = try Self.description(.backend)
        func limit(_ name: String) -> Int? { backend[name]?.bodyLimit }
        #expect(limit("PUT /api/chunks/{chunk}") == ProtocolSettings.chunkBytes.upperBound)
        #expect(limit("POST /api/login") == RequestLimits.form)
        #expect(limit("POST /api/files/{id}/commit") == RequestLimits.commit)
        #expect(limit("DELETE /api/files/{id}") == RequestLimits.commit)
        #expect(limit("POST /api/files/{id}/undelete") == RequestLimits.commit)
        let node = try Self.description(.node)
        #expect(node["POST /session"]?.bodyLimit == PeerRoutes<StorageNode>.offerLimit)
    }

    @Test func `the check finds what does not fit`() throws {
        let check = try Self.description(.backend).check
        func problems(_ text: String, _ name: String) throws -> [String] {
            check.problems(
                try JSON(parsing: Array(text.utf8)),
                .object(["$ref": .string("#/components/schemas/\(name)")]))
        }
        #expect(try problems(#"{"error":{"code":"too-large","message":"x"}}"#, "Error").isEmpty)
        for wrong in [
            "[]", "{}", #"{"error":{"code":"Too large","message":"x"}}"#,
            #"{"error":{"code":"x"}}"#, #"{"error":{"code":"x","message":""}}"#,
            #"{"error":{"code":"x","message":"y","indices":[-1]}}"#,
            #"{"error":{"code":"x","message":"y"},"more":1}"#,
        ] {
            #expect(try !problems(wrong, "Error").isEmpty, "\(wrong)")
        }
        #expect(try problems(#"{"user":"ada","session":"open"}"#, "Account").count == 1)
        #expect(try !problems(#"{"files":[{"id":"x"}]}"#, "Files").isEmpty)
        #expect(
            check.malformations(.object(["minimun": .number(1)]), at: "x")
                == ["x: minimun is not known"])
    }

    @Test(arguments: EdgeNetwork.Transport.allCases)
    func `what a backend answers is what its description says`(
        over transport: EdgeNetwork.Transport
    ) async throws {
        try await EdgeNetwork.run(over: transport) { network in
            let story = try await AnswerStory(network)
            try await story.accounts()
            try await story.files()
            try await story.sealedFiles()
            try await story.ledger()
            try await story.page()
            let missing = story.missing(.backend).subtracting(["POST /damaged", "POST /leave"])
            #expect(missing.isEmpty, "never asked for: \(missing)")
        }
    }

    @Test(arguments: EdgeNetwork.Transport.allCases)
    func `what servers answer each other is what their descriptions say`(
        over transport: EdgeNetwork.Transport
    ) async throws {
        try await EdgeNetwork.run(over: transport) { network in
            let story = try await AnswerStory(network)
            try await story.general()
            try await story.discovery()
            try await story.node()
            try await story.backendForNodes()
            for role in [EdgeNetwork.Role.discovery, .node] {
                let missing = story.missing(role)
                #expect(missing.isEmpty, "never asked for: \(missing)")
            }
        }
    }
}

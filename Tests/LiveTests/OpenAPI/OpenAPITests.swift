import Cryptography
import Files
import Foundation
import Merkle
import Primitives
import Roles
import Testing

@testable import Live

/// The descriptions that servers give of themselves.
@Suite struct OpenAPITests {
    @Test func everyRouteIsDescribedAndEveryDescriptionHasARoute() async throws {
        try await EdgeNetwork.run { network in
            for role in EdgeNetwork.Role.allCases {
                let description = try await network.description(of: role)
                #expect(description.operations.map(\.name) == network.routes(role))
            }
        }
    }

    @Test(arguments: EdgeNetwork.Role.allCases)
    func theDocumentIsWellFormed(role: EdgeNetwork.Role) throws {
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

    @Test func theLimitsOfBodiesAreThoseDescribed() throws {
        let node = try Self.description(.node)
        let discovery = try Self.description(.discovery)
        let backend = try Self.description(.backend)
        func limit(_ description: APIDescription, _ name: String) -> Int? {
            description[name]?.bodyLimit
        }
        let chunk = ChunkID(SHA256.hash([]))
        #expect(
            limit(node, "POST /store") == WireRoute.store(chunk, stamp: .origin).bodyLimit)
        #expect(limit(node, "POST /copy") == WireRoute.copy.bodyLimit)
        #expect(limit(node, "POST /delete") == WireRoute.delete.bodyLimit)
        #expect(limit(node, "POST /session") == PeerRoutes<StorageNode>.offerLimit)
        #expect(limit(node, "POST /inventory") == WireRoute.inventory.bodyLimit)
        #expect(limit(discovery, "POST /register") == WireRoute.register.bodyLimit)
        #expect(limit(discovery, "POST /heartbeat") == WireRoute.heartbeat.bodyLimit)
        #expect(limit(backend, "POST /damaged") == WireRoute.damaged.bodyLimit)
        let chunks = ProtocolSettings.chunkBytes.upperBound
        #expect(limit(backend, "PUT /api/chunks/{chunk}") == chunks)
        #expect(limit(backend, "POST /api/login") == RequestLimits.form)
        #expect(limit(backend, "POST /api/files/{id}/commit") == RequestLimits.commit)
        #expect(limit(backend, "DELETE /api/files/{id}") == RequestLimits.commit)
    }

    @Test func theCheckFindsWhatDoesNotFit() throws {
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

    @Test func whatABackendAnswersIsWhatItsDescriptionSays() async throws {
        try await EdgeNetwork.run { network in
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

    @Test func whatServersAnswerEachOtherIsWhatTheirDescriptionsSay() async throws {
        try await EdgeNetwork.run { network in
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

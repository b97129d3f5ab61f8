import Foundation

/// What a server's `openapi.json` says.
struct APIDescription: Sendable {
    struct Parameter: Sendable {
        var name: String
        var place: String
        var isRequired: Bool
        var schema: JSON
    }

    struct Response: Sendable {
        /// The codes that a refusal may have.
        var codes: [String]
        /// By media type; a schema that says nothing for bytes.
        var content: [String: JSON]
    }

    struct Operation: Sendable {
        var method: String
        /// With `{name}` for parameters.
        var path: String
        var parameters: [Parameter]
        /// By media type.
        var body: [String: JSON]
        var bodyLimit: Int?
        var security: Set<String>
        var responses: [Int: Response]

        var name: String { "\(method) \(path)" }
    }

    let document: JSON
    let operations: [Operation]
    let check: SchemaCheck

    init(_ bytes: [UInt8]) throws {
        document = try JSON(parsing: bytes)
        check = SchemaCheck(schemas: document["components"]?["schemas"]?.object ?? [:])
        operations = (document["paths"]?.object ?? [:]).flatMap { path, methods in
            (methods.object ?? [:]).map { Self.operation($0.uppercased(), path, $1) }
        }.sorted { $0.name < $1.name }
    }

    private static func operation(_ method: String, _ path: String, _ json: JSON) -> Operation {
        func content(_ json: JSON?) -> [String: JSON] {
            (json?["content"]?.object ?? [:]).mapValues { $0["schema"] ?? .object([:]) }
        }
        let parameters = (json["parameters"]?.array ?? []).map { parameter in
            Parameter(
                name: parameter["name"]?.string ?? "", place: parameter["in"]?.string ?? "",
                isRequired: parameter["required"] == .bool(true),
                schema: parameter["schema"] ?? .null)
        }
        let responses = (json["responses"]?.object ?? [:]).map { status, response in
            (
                Int(status) ?? 0,
                Response(codes: response["x-codes"]?.strings ?? [], content: content(response))
            )
        }
        return Operation(
            method: method, path: path, parameters: parameters,
            body: content(json["requestBody"]),
            bodyLimit: json["requestBody"]?["x-limit-bytes"]?.number.map { Int($0) },
            security: Set((json["security"]?.array ?? []).flatMap { ($0.object ?? [:]).keys }),
            responses: Dictionary(responses) { first, _ in first })
    }

    subscript(name: String) -> Operation? { operations.first { $0.name == name } }

    /// What is wrong with an answer to an operation.
    func problems(_ answer: RawAnswer, to operation: Operation) -> [String] {
        // What may come from any route.
        if answer.status == 404, answer.code == "no-such-route" { return [] }
        guard let response = operation.responses[answer.status] else {
            return ["\(operation.name): \(answer.status) is not described: \(answer.text)"]
        }
        let id = answer.headers["x-request-id"] ?? ""
        var problems = id.isEmpty ? ["no request id"] : []
        if operation.method == "HEAD" || response.content.isEmpty {
            if !answer.body.isEmpty { problems.append("a body where none should be") }
            return problems
        }
        let type = (answer.headers["content-type"] ?? "").split(separator: ";").first ?? ""
        guard let schema = response.content[String(type)] else {
            return ["\(operation.name): \(answer.status) with a body of '\(type)'"]
        }
        if type == "application/json" {
            guard let json = answer.json else { return ["\(operation.name): no JSON"] }
            problems += check.problems(json, schema)
            if answer.status >= 400, !response.codes.isEmpty,
                !response.codes.contains(answer.code ?? "")
            {
                problems.append("code \(answer.code ?? "none") is not described")
            }
        }
        return problems.map { "\(operation.name), \(answer.status): \($0)" }
    }
}

extension EdgeNetwork {
    func description(of role: Role) async throws -> APIDescription {
        try APIDescription(try await request(role, "GET", "/openapi.json").body)
    }
}

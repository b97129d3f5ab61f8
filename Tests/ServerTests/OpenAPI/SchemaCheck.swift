import Foundation

/// Checks values against JSON Schema 2020-12, as far as the descriptions use it.
struct SchemaCheck: Sendable {
    /// The document's `components.schemas`.
    let schemas: [String: JSON]

    private static let prefix = "#/components/schemas/"
    private static let keywords: Set = [
        "$ref", "oneOf", "type", "enum", "const", "pattern", "minLength", "maxLength", "minimum",
        "maximum", "items", "minItems", "maxItems", "properties", "required",
        "additionalProperties", "description",
    ]

    func resolve(_ schema: JSON) -> JSON? {
        guard let name = schema["$ref"]?.string else { return schema }
        guard name.hasPrefix(Self.prefix) else { return nil }
        return schemas[String(name.dropFirst(Self.prefix.count))]
    }

    /// What is wrong with a value; empty when it is as it should be.
    func problems(_ value: JSON, _ schema: JSON, at path: String = "$") -> [String] {
        guard let schema = resolve(schema) else { return ["\(path): no such schema"] }
        var problems: [String] = []
        if let choices = schema["oneOf"]?.array {
            let found = choices.map { self.problems(value, $0, at: path) }
            let fits = found.count { $0.isEmpty }
            if fits != 1 {
                problems.append("\(path): \(fits) of \(choices.count) forms fit: \(found)")
            }
        }
        if let type = schema["type"]?.string, !Self.isOf(type, value) {
            return problems + ["\(path): no \(type)"]
        }
        if let allowed = schema["enum"]?.array, !allowed.contains(value) {
            problems.append("\(path): none of the allowed values")
        }
        if let only = schema["const"], only != value { problems.append("\(path): not \(only)") }
        switch value {
        case .string(let text): problems += stringProblems(text, schema, path)
        case .number(let number):
            if let least = schema["minimum"]?.number, number < least {
                problems.append("\(path): below \(least)")
            }
            if let most = schema["maximum"]?.number, number > most {
                problems.append("\(path): above \(most)")
            }
        case .array(let all): problems += arrayProblems(all, schema, path)
        case .object(let all): problems += objectProblems(all, schema, path)
        default: break
        }
        return problems
    }

    private static func isOf(_ type: String, _ value: JSON) -> Bool {
        switch (type, value) {
        case ("object", .object), ("array", .array), ("string", .string), ("boolean", .bool),
            ("null", .null), ("number", .number):
            true
        case ("integer", .number(let number)): number == number.rounded()
        default: false
        }
    }

    private func stringProblems(_ text: String, _ schema: JSON, _ path: String) -> [String] {
        var problems: [String] = []
        let count = Double(text.unicodeScalars.count)
        if let least = schema["minLength"]?.number, count < least { problems.append("too short") }
        if let most = schema["maxLength"]?.number, count > most { problems.append("too long") }
        if let pattern = schema["pattern"]?.string,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            problems.append("not like \(pattern)")
        }
        return problems.map { "\(path): \($0)" }
    }

    private func arrayProblems(_ all: [JSON], _ schema: JSON, _ path: String) -> [String] {
        var problems: [String] = []
        let count = Double(all.count)
        if let least = schema["minItems"]?.number, count < least { problems.append("\(path): few") }
        if let most = schema["maxItems"]?.number, count > most { problems.append("\(path): many") }
        if let items = schema["items"] {
            for (index, item) in all.enumerated() {
                problems += self.problems(item, items, at: "\(path)[\(index)]")
            }
        }
        return problems
    }

    private func objectProblems(_ all: [String: JSON], _ schema: JSON, _ path: String) -> [String] {
        let known = schema["properties"]?.object ?? [:]
        var problems = (schema["required"]?.strings ?? []).filter { all[$0] == nil }
            .map { "\(path).\($0) is missing" }
        for (name, value) in all.sorted(by: { $0.key < $1.key }) {
            if let schema = known[name] {
                problems += self.problems(value, schema, at: "\(path).\(name)")
            } else if schema["additionalProperties"] == .bool(false) {
                problems.append("\(path).\(name) is not described")
            }
        }
        return problems
    }

    /// What is wrong with a schema itself: keywords that nothing here checks, references to nothing,
    /// patterns that are none, members that are required and not described.
    func malformations(_ schema: JSON, at path: String) -> [String] {
        guard let members = schema.object else { return ["\(path): no object"] }
        var problems = members.keys.filter { !Self.keywords.contains($0) }
            .map { "\(path): \($0) is not known" }
        if resolve(schema) == nil { problems.append("\(path): refers to nothing") }
        if let pattern = schema["pattern"]?.string,
            (try? NSRegularExpression(pattern: pattern)) == nil
        {
            problems.append("\(path): \(pattern) is no pattern")
        }
        let properties = schema["properties"]?.object ?? [:]
        problems += (schema["required"]?.strings ?? []).filter { properties[$0] == nil }
            .map { "\(path): requires \($0), which is not described" }
        for (name, inner) in properties { problems += malformations(inner, at: "\(path).\(name)") }
        for inner in schema["oneOf"]?.array ?? [] { problems += malformations(inner, at: path) }
        if let items = schema["items"] { problems += malformations(items, at: path + "[]") }
        return problems
    }
}

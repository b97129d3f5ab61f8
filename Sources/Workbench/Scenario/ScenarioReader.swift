import Primitives

/// Reads JSON by tables of keys and gathers everything that is wrong instead of stopping at the
/// first.
struct ScenarioReader {
    private(set) var issues: [ScenarioIssue] = []
    /// Where every key that the file has stands. Only ever looked up.
    private(set) var positions: [String: TextPosition] = [:]
    /// Keys whose value was refused, so that what depends on them is not judged.
    private var refused: Set<String> = []

    /// Nobody reads more, and a hostile file could have millions.
    private static let mostIssues = 1_000

    /// Notes that what stands at the path is wrong.
    mutating func refuse(_ path: String, at position: TextPosition, _ problem: String) {
        guard issues.count < Self.mostIssues else { return }
        issues.append(ScenarioIssue(position: position, path: path, problem: problem))
        refused.insert(path)
    }

    /// Notes that the value is none of those allowed.
    mutating func refuse(_ path: String, _ node: JSONNode, allowed: String) {
        refuse(path, at: node.position, "\(node.described) stands here; allowed: \(allowed)")
    }

    /// Whether nothing at, above or below the path was refused.
    func isSound(_ path: String) -> Bool {
        !refused.contains { refused in
            Self.leads(refused, to: path) || Self.leads(path, to: refused)
        }
    }

    /// Whether the second path is the first, or begins with it.
    private static func leads(_ path: String, to longer: String) -> Bool {
        guard longer.hasPrefix(path) else { return false }
        let next = longer.dropFirst(path.count).first
        return next == nil || next == "." || next == "["
    }

    mutating func note(_ path: String, at position: TextPosition) { positions[path] = position }

    /// Where the path stands, or the nearest key above it that the file has.
    func position(of path: String) -> TextPosition {
        var path = path[...]
        while true {
            if let position = positions[String(path)] { return position }
            guard let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) else {
                return positions[""] ?? TextPosition(line: 1, column: 1)
            }
            path = path[..<end]
        }
    }

    /// Reads an object whose keys are those of the table into `root`. Returns false when the node
    /// is no object at all.
    @discardableResult
    mutating func readObject<Root>(
        _ node: JSONNode, _ path: String, keys: [ScenarioKey<Root>], into root: inout Root
    ) -> Bool {
        guard case .object(let members) = node.value else {
            refuse(path, node, allowed: "an object { … }")
            return false
        }
        note(path, at: node.position)
        for member in members {
            let memberPath = Self.join(path, Excerpt.plain(member.name))
            guard let key = keys.first(where: { $0.name == member.name }) else {
                refuseUnknown(member, memberPath, known: keys.map(\.name))
                continue
            }
            note(memberPath, at: member.position)
            key.read(member.node, memberPath, &root, &self)
        }
        for key in keys where key.isRequired && !members.contains(where: { $0.name == key.name }) {
            refuse(Self.join(path, key.name), at: node.position, "missing; give \(key.allowed)")
        }
        return true
    }

    /// Reads an object that must have exactly one of the keys, which says what it is.
    mutating func readOne<Value>(
        _ node: JSONNode, _ path: String, keys: [ScenarioKey<[Value]>], allowed: String
    ) -> Value? {
        guard case .object = node.value else {
            refuse(path, node, allowed: allowed)
            return nil
        }
        var values: [Value] = []
        readObject(node, path, keys: keys, into: &values)
        requireOne(of: keys.map(\.name), node, path, allowed: allowed)
        return values.first
    }

    /// Refuses an object that has none or several of the keys. One with an unknown key and none of
    /// these has been refused already: the unknown key was meant to be one.
    mutating func requireOne(
        of names: [String], _ node: JSONNode, _ path: String, besides others: [String] = [],
        allowed: String
    ) {
        guard case .object(let members) = node.value else { return }
        let chosen = members.map(\.name).filter { names.contains($0) }
        if chosen.count > 1 {
            let list = chosen.map { "\"\($0)\"" }.joined(separator: " and ")
            refuse(path, at: node.position, "\(list) stand together; allowed: \(allowed)")
        } else if chosen.isEmpty, members.allSatisfy({ others.contains($0.name) }) {
            refuse(path, at: node.position, "does not say what it is; allowed: \(allowed)")
        }
    }

    static func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    private mutating func refuseUnknown(_ member: JSONNode.Member, _ path: String, known: [String])
    {
        // Looking for what was meant is dear.
        guard issues.count < Self.mostIssues else { return }
        let hint =
            if let nearest = EditDistance.nearest(to: member.name, among: known) {
                "did you mean \"\(nearest)\"?"
            } else {
                "allowed: \(known.joined(separator: ", "))"
            }
        refuse(path, at: member.position, "unknown key; \(hint)")
    }
}

extension JSONNode {
    /// What the value is, for an error.
    var described: String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let digits): Excerpt.plain(digits)
        case .string(let text): Excerpt.quoted(text)
        case .array: "a list"
        case .object: "an object"
        }
    }
}

import Roles

/// One key that an object of a scenario file may have: its name, what may stand there, what it
/// means, how it is read and what holds when it is left out.
///
/// Tables of these are the format: the reader reads by them and the reference is printed from them.
struct ScenarioKey<Root>: Sendable {
    let name: String
    let allowed: String
    let meaning: String
    var isRequired = false
    let read: @Sendable (JSONNode, _ path: String, inout Root, inout ScenarioReader) -> Void
    /// The JSON text of what it has in a `Root`; nil where that is what holds without the key.
    let write: @Sendable (Root, _ defaults: Root) -> String?
    /// What holds when the key is left out, in Markdown.
    var fallback: @Sendable (_ defaults: Root) -> String = { _ in "" }
    /// The lines of the reference of the keys below it; nil where it holds a value.
    var below: (@Sendable (_ path: String, _ defaults: Root) -> [ReferenceEntry])?

    /// The lines of the reference: of the key, and of those below it.
    func entries(_ path: String, _ defaults: Root) -> [ReferenceEntry] {
        let own = ReferenceEntry(
            path: path, allowed: below == nil ? allowed : "an object",
            fallback: isRequired ? "required" : fallback(defaults), meaning: meaning)
        return [own] + (below?(path, defaults) ?? [])
    }
}

extension ScenarioKey {
    private static var object: String { "an object { … }" }

    /// A key that holds a value.
    init<Value>(
        _ name: String, _ keyPath: any WritableKeyPath<Root, Value> & Sendable,
        _ form: ValueForm<Value>, required: Bool = false, _ meaning: String
    ) {
        self.init(
            name: name, allowed: form.allowed, meaning: meaning, isRequired: required,
            read: { node, path, root, reader in
                if let value = form.read(node, path, &reader) { root[keyPath: keyPath] = value }
            },
            write: { root, defaults in
                let text = form.write(root[keyPath: keyPath])
                return !required && text == form.write(defaults[keyPath: keyPath]) ? nil : text
            },
            fallback: { "`\(form.write($0[keyPath: keyPath]))`" })
    }

    /// A key that is also a flag of servers.
    init(_ setting: Setting<Root>) {
        let json: @Sendable (Root) -> String = {
            setting.isNumber ? setting.text($0) : JSONOutput.quote(setting.text($0))
        }
        self.init(
            name: setting.name, allowed: setting.allowed, meaning: setting.sentence,
            read: { node, path, root, reader in
                let text = node.value.settingText(isNumber: setting.isNumber)
                if text.map({ setting.read($0, &root) }) != true {
                    reader.refuse(path, node, allowed: setting.allowed)
                }
            },
            write: { root, defaults in
                // What holds without one that follows from others may differ where those do.
                setting.standard == nil && json(root) == json(defaults) ? nil : json(root)
            },
            fallback: { setting.standard ?? "`\(json($0))`" })
    }

    /// A key that may be left out, and holds nothing then.
    init<Value>(
        _ name: String, _ keyPath: any WritableKeyPath<Root, Value?> & Sendable,
        _ form: ValueForm<Value>, absent: String, _ meaning: String
    ) {
        self.init(
            name: name, allowed: form.allowed, meaning: meaning,
            read: { node, path, root, reader in
                if let value = form.read(node, path, &reader) { root[keyPath: keyPath] = value }
            },
            write: { root, _ in root[keyPath: keyPath].map(form.write) },
            fallback: { _ in absent })
    }

    /// A key that says of what kind a value is, and holds the parameters of that kind in a form;
    /// the value is appended to a list. The form of such values writes them.
    init<Parameters, Value>(
        kind name: String, appendingTo list: any WritableKeyPath<Root, [Value]> & Sendable,
        _ form: ValueForm<Parameters>, _ meaning: String,
        make: @escaping @Sendable (Parameters) -> Value
    ) {
        self.init(
            name: name, allowed: form.allowed, meaning: meaning,
            read: { node, path, root, reader in
                if let value = form.read(node, path, &reader) {
                    root[keyPath: list].append(make(value))
                }
            },
            write: { _, _ in nil })
    }

    /// The same for a kind whose parameters are an object with keys of its own. `parts` are those of a
    /// value of this kind; without them, the form of such values writes them. Exactly one of the keys
    /// `oneOf` must be given.
    init<Parameters: Sendable, Value>(
        kind name: String, appendingTo list: any WritableKeyPath<Root, [Value]> & Sendable,
        _ keys: [ScenarioKey<Parameters>], defaults: Parameters, _ meaning: String,
        oneOf: [String] = [], parts: @escaping @Sendable (Value) -> Parameters? = { _ in nil },
        make: @escaping @Sendable (Parameters) -> Value
    ) {
        self.init(
            name: name, allowed: Self.object, meaning: meaning,
            read: { node, path, root, reader in
                var parameters = defaults
                if reader.readObject(node, path, keys: keys, into: &parameters) {
                    if !oneOf.isEmpty {
                        reader.requireOne(
                            of: oneOf, node, path, besides: keys.map(\.name),
                            allowed: "one of \(oneOf.joined(separator: ", "))")
                    }
                    root[keyPath: list].append(make(parameters))
                }
            },
            write: { root, _ in
                root[keyPath: list].lazy.compactMap(parts).first.map {
                    ScenarioText.object($0, defaults, keys)
                }
            },
            below: { path, _ in keys.flatMap { $0.entries("\(path).\($0.name)", defaults) } })
    }

    /// A key that holds an object with keys of its own.
    init<Section>(
        section name: String, _ keyPath: any WritableKeyPath<Root, Section> & Sendable,
        _ keys: [ScenarioKey<Section>], _ meaning: String
    ) {
        self.init(
            name: name, allowed: Self.object, meaning: meaning,
            read: { node, path, root, reader in
                reader.readObject(node, path, keys: keys, into: &root[keyPath: keyPath])
            },
            write: { root, defaults in
                let members = ScenarioText.members(
                    root[keyPath: keyPath], defaults[keyPath: keyPath], keys)
                return members.isEmpty ? nil : ScenarioText.object(members)
            },
            below: { path, defaults in
                keys.flatMap { $0.entries("\(path).\($0.name)", defaults[keyPath: keyPath]) }
            })
    }
}

/// A line of the reference of the scenario format.
struct ReferenceEntry: Equatable, Sendable {
    var path: String
    var allowed: String
    /// What holds when the key is left out, or "required"; Markdown.
    var fallback: String
    var meaning: String
}

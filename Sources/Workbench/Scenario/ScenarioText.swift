/// Writes scenarios by the tables of keys that they are read by.
enum ScenarioText {
    typealias Member = (name: String, text: String)

    /// The keys that hold something else than without them.
    static func members<Root>(
        _ root: Root, _ defaults: Root, _ keys: [ScenarioKey<Root>]
    ) -> [Member] {
        keys.compactMap { key in key.write(root, defaults).map { (key.name, $0) } }
    }

    /// An object on one line.
    static func object<Root>(_ root: Root, _ defaults: Root, _ keys: [ScenarioKey<Root>]) -> String
    {
        object(members(root, defaults, keys))
    }

    static func object(_ members: [Member]) -> String {
        "{" + lines(members).joined(separator: ", ") + "}"
    }

    fileprivate static func lines(_ members: [Member]) -> [String] {
        members.map { "\(JSONOutput.quote($0.name)): \($0.text)" }
    }
}

extension Scenario {
    /// The text of a file that says the same: a line a key, without those that are left at their
    /// defaults.
    package var text: String {
        let members = ScenarioText.members(self, Scenario(), ScenarioSchema.scenario)
        return "{\n  " + ScenarioText.lines(members).joined(separator: ",\n  ") + "\n}\n"
    }
}

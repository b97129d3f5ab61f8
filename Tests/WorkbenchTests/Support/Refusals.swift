@testable import Workbench

/// What scenarios are refused with.
enum Refusals {
    /// The lines that a scenario with this body is refused with.
    static func issues(_ body: String, head: String = #""name": "x", "duration": "10d""#)
        -> [String]
    {
        lines("{\(head),\n\(body)\n}")
    }

    static func lines(_ text: String) -> [String] {
        do {
            _ = try Scenario(json: Array(text.utf8), file: "s.json")
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }
}

import Foundation

/// What the sources of the layers may not contain, and why: a simulation is a function of its seed
/// only as long as nothing in it reads a clock, the system's random numbers, or the order of a
/// hashed collection.
struct SourceRules {
    struct Finding: Equatable, CustomStringConvertible {
        var file: String
        var line: Int
        var problem: String

        var description: String { "\(file):\(line): \(problem)" }
    }

    /// Lowest first: a layer may import those before it.
    static let layers = [
        "Primitives", "Cryptography", "Merkle", "Files", "Ledger", "Roles", "Segments",
        "Observation", "Simulation", "Platform", "Wire", "Client", "Storage", "Server", "Workbench",
        "dsim",
    ]

    /// Layers that must be deterministic, and what they may import from outside the project.
    static let deterministic: [String: Set<String>] = [
        "Primitives": [], "Cryptography": ["CLibcrypto"], "Merkle": [],
        "Files": ["CZstd", "Synchronization"],
        "Ledger": [], "Roles": ["DequeModule"], "Segments": [], "Observation": ["Histogram"],
        "Simulation": [],
    ]

    /// A client runs where no server does: what it must get by without, as must what both share.
    static let forbidden: [String: [String]] = ["Wire": notOfClients, "Client": notOfClients]
    private static let notOfClients = [
        "Roles", "Observation", "Simulation", "Storage", "Hummingbird",
    ]

    /// What must not stand in deterministic layers, and what to use instead.
    static let banned: [(pattern: String, instead: String)] = [
        (#"\bDate\("#, "the Instant that is passed in"),
        (
            #"\b(ContinuousClock|SuspendingClock|DispatchTime|clock_gettime|gettimeofday)\b"#,
            "the Instant that is passed in"
        ),
        (#"\.random\("#, "RandomSource"), (#"\brandomElement\b"#, "RandomSource.below"),
        (#"\.shuffled?\(\)"#, "RandomSource.shuffle"),
        (#"\b(SystemRandomNumberGenerator|arc4random\w*|getrandom)\b"#, "RandomSource"),
        (#"\bhashValue\b|\bHasher\("#, "a key of the value's own: hashes differ between processes"),
        (
            #"\b(Task|TaskGroup|async|await|DispatchQueue|Thread)\b"#,
            "effects: a role is a value and its driver does the waiting"
        ),
        (#"\b(ProcessInfo|getenv|CommandLine)\b"#, "settings that are passed in"),
        (#"\b(FileManager|FileHandle|fopen|print|debugPrint)\("#, "effects: a role does no I/O"),
    ]

    private static let expressions = banned.map { rule in
        (expression: try! NSRegularExpression(pattern: rule.pattern), instead: rule.instead)
    }

    private static let importExpression = try! NSRegularExpression(
        pattern:
            #"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)"#
    )

    /// What is wrong with a source text of a layer.
    static func findings(in text: String, file: String, layer: String) -> [Finding] {
        var findings: [Finding] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let code = withoutComment(String(line))
            for problem in importProblems(code, layer) + wordProblems(code, layer) {
                findings.append(Finding(file: file, line: index + 1, problem: problem))
            }
        }
        return findings
    }

    private static func importProblems(_ code: String, _ layer: String) -> [String] {
        let range = NSRange(code.startIndex..., in: code)
        guard let match = importExpression.firstMatch(in: code, range: range),
            let name = Range(match.range(at: 1), in: code)
        else { return [] }
        let module = String(code[name])
        if let forbidden = forbidden[layer], forbidden.contains(where: module.hasPrefix) {
            return ["\(layer) imports \(module); it must get by without"]
        }
        if let rank = layers.firstIndex(of: module) {
            let own = layers.firstIndex(of: layer) ?? layers.count
            return rank < own ? [] : ["\(layer) imports \(module), which does not stand below it"]
        }
        guard let allowed = deterministic[layer], !allowed.contains(module) else { return [] }
        return ["\(layer) imports \(module); it must get by without"]
    }

    private static func wordProblems(_ code: String, _ layer: String) -> [String] {
        guard deterministic[layer] != nil else { return [] }
        return expressions.compactMap { rule in
            let range = NSRange(code.startIndex..., in: code)
            guard let match = rule.expression.firstMatch(in: code, range: range),
                let found = Range(match.range, in: code)
            else { return nil }
            return "\(code[found]) makes a world depend on more than its seed; use \(rule.instead)"
        }
    }

    /// The line up to a "//" that does not stand in a string.
    private static func withoutComment(_ line: String) -> String {
        var isInString = false
        var previous: Character = " "
        for index in line.indices {
            let character = line[index]
            if character == "\"", previous != "\\" { isInString.toggle() }
            if character == "/", previous == "/", !isInString {
                return String(line[..<line.index(before: index)])
            }
            previous = character
        }
        return line
    }
}

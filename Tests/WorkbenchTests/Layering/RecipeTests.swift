import Foundation
import Observation
import Roles
import Server
import Testing

@testable import Workbench

/// What CONTRIBUTING says of how many source files a new thing touches, held against those that are
/// there: each stands in no more of them.
@Suite struct RecipeTests {
    /// The sources' code and page without comments, by path.
    private static let sources: [(path: String, code: String)] = {
        let root = Golden.root
        return ["Sources", "Frontend"].flatMap { folder -> [(path: String, code: String)] in
            let names = FileManager.default.enumerator(atPath: root.path + "/" + folder)
            return (names?.compactMap { $0 as? String } ?? []).sorted().compactMap { name in
                guard [".swift", ".js", ".html"].contains(where: name.hasSuffix),
                    let text = try? String(
                        contentsOfFile: "\(root.path)/\(folder)/\(name)", encoding: .utf8)
                else { return nil }
                let lines = text.split(separator: "\n").filter {
                    !$0.drop { $0 == " " }.hasPrefix("//")
                }
                return ("\(folder)/\(name)", lines.joined(separator: "\n"))
            }
        }
    }()

    /// Those that have the name in them, and what the patterns say. Most have not, which is soon seen.
    private static func files(naming name: String, _ patterns: String...) throws -> [String] {
        // As Unicode has it there is no boundary in "Name.member".
        let expressions = try patterns.map { try Regex($0).wordBoundaryKind(.simple) }
        return sources.filter { source in
            source.code.range(of: name) != nil
                && expressions.allSatisfy { source.code.contains($0) }
        }.map(\.path)
    }

    private func expect(
        _ name: String, _ pattern: String, besides other: String = "", in count: ClosedRange<Int>,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let files = try Self.files(naming: name, pattern, other)
        #expect(
            count ~= files.count, "\(name): \(files.joined(separator: ", "))",
            sourceLocation: sourceLocation)
    }

    private static func declared(_ pattern: String, in path: String) throws -> [String] {
        let expression = try Regex(pattern)
        return sources.filter { $0.path.hasPrefix(path) }.flatMap { source in
            source.code.matches(of: expression).compactMap {
                $0.output[1].substring.map(String.init)
            }
        }
    }

    @Test(arguments: ServerRequests.all.map { "\($0)" })
    func `a message stands in five source files`(name: String) throws {
        try expect(name, #"\b\#(name)\b"#, in: 2...5)
    }

    @Test func `a setting stands in one source file`() throws {
        for name in ServePlan.settings.map(\.name) {
            try expect(name, #"Setting\(\s*"\#(name)""#, in: 1...1)
        }
    }

    @Test func `a kind of fault stands in three source files`() throws {
        let kinds = try Self.declared(
            #"(?m)^        case (\w+)\("#, in: "Sources/Simulation/Faults/FaultSettings.swift")
        #expect(kinds.contains("partition") && kinds.contains("bitRot"))
        for kind in Set(kinds).subtracting(["domain", "region", "nodes", "backend", "discovery"]) {
            try expect(
                kind, #"[^\w)\]]\.\#(kind)\b|case \#(kind)\("#, besides: "FaultSettings",
                in: 2...3)
        }
    }

    @Test func `a condition of participants stands in three source files`() throws {
        let conditions = try Self.declared(
            #"(?m)^    case (\w+)"#, in: "Sources/Simulation/Faults/Condition.swift")
        #expect(conditions.contains("paused") && conditions.contains("lying"))
        for condition in Set(conditions) {
            try expect(
                condition, #"[^\w)\]]\.\#(condition)\b"#, besides: #"\b[Cc]onditions?\b"#,
                in: 2...3)
        }
    }

    @Test func `a metric of a run is declared in one source file`() throws {
        for path in Metric.all.map(\.path) {
            try expect(
                path, #"Metric\(\s*"\#(path.replacing(".", with: #"\."#))""#, in: 1...1)
        }
    }

    @Test func `a metric of the servers stands in two source files`() throws {
        let names = try Self.declared(#""(dsim_\w+)""#, in: "Sources/Server/Metrics")
        #expect(names.count > 10)
        for name in names { try expect(name, #"\b\#(name)\b"#, in: 1...2) }
    }

    @Test func `a route's form stands in five source files`() throws {
        let forms = try Self.declared(
            #"(?m)^package struct (\w+Form): .*Codable"#, in: "Sources/Wire")
        #expect(forms.count > 20)
        for form in Set(forms).subtracting(["ErrorForm"]) {
            try expect(form, #"\b\#(form)\b"#, in: 1...5)
        }
    }

    @Test func `a view of the page stands in four source files`() throws {
        let views = try Self.declared(#"import .*\b(\w+)View\b"#, in: "Frontend/app.js")
        #expect(views.contains("network"))
        for view in views {
            try expect(view, #"\b\#(view)View\b|"view-\#(view)"|"/\#(view)\.js""#, in: 2...4)
        }
    }
}

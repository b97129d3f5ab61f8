import Foundation
import Testing

@Suite struct SourceRulesTests {
    @Test(arguments: SourceRules.layers)
    func `layers keep the rules`(layer: String) throws {
        let folder = Golden.root.appending(path: "Sources/\(layer)")
        let files = try #require(
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            let name = "Sources/\(layer)/\(file.lastPathComponent)"
            let findings = SourceRules.findings(in: text, file: name, layer: layer)
            #expect(findings.isEmpty, "\(findings.map(\.description).joined(separator: "\n"))")
            count += 1
        }
        #expect(count > 0, "no sources in \(folder.path)")
    }

    /// Random numbers and files of the operating system.
    @Test(arguments: [
        (
            #"\.random\(in|\.randomElement|shuffled?\(\)|SystemRandomNumber|UUID\(|getrandom|urandom"#,
            ["SystemRandom.swift"]
        ),
        (
            #"\b(f(data)?sync|flock|mkdir|mkdtemp|unlink|O_CREAT|FileHandle\(|createDirectory)\b"#,
            ["File.swift", "FileSystem.swift"]
        ),
        // Of files, and of the end of a process.
        (#"\bEINTR\b"#, ["FileSystem.swift", "WorkerProcess.swift"]),
    ])
    func `one place alone asks the system`(for pattern: String, in places: [String]) throws {
        let calls = try Regex(pattern)
        let folder = Golden.root.appending(path: "Sources")
        let files = try #require(
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var found: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            if try String(contentsOf: file, encoding: .utf8).contains(calls) {
                found.insert(file.lastPathComponent)
            }
        }
        #expect(found.sorted() == places)
    }

    /// A longer one has a second idea in it.
    @Test func `no source file has more than 300 lines, and no function more than 40`() throws {
        let folder = Golden.root.appending(path: "Sources")
        let files = try #require(
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            let lengths = Self.functionLengths(in: text)
            #expect(text.count { $0 == "\n" } <= 300, "\(file.lastPathComponent)")
            for (line, length) in lengths {
                #expect(length <= 40, "\(file.lastPathComponent):\(line)")
            }
            count += lengths.count
        }
        #expect(count > 1_000, "functions are found")
    }

    @Test func `functions are as long as they are`() {
        let text = """
            struct S {
                init(_ a: Int) { b = a }
                private func f(
                    _ a: Int
                ) -> Int {
                    func g() {
                        print(a)
                    }
                    return a
                }
                func h()
            }
            """
        let lengths = Self.functionLengths(in: text)
        #expect(lengths.map(\.line) == [3, 6])
        #expect(lengths.map(\.length) == [8, 3])
    }

    /// Where functions of several lines begin, and how long they are, by how the formatter indents them.
    private static func functionLengths(in text: String) -> [(line: Int, length: Int)] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let beginning = #/^ *((@\S+|\w+(\(\w+\))?) )*(func |init[?(<])/#
        return lines.indices.compactMap { start in
            guard lines[start].prefixMatch(of: beginning) != nil else { return nil }
            let indent = lines[start].prefix { $0 == " " }
            // A signature may take several lines; what ends before a body begins has none, or is one line.
            guard
                let body = lines[start...].firstIndex(where: {
                    $0.hasSuffix("{") || $0.hasSuffix("}") || $0.isEmpty
                }), lines[body].hasSuffix("{"),
                let end = lines[(body + 1)...].firstIndex(where: { $0.hasPrefix("\(indent)}") })
            else { return nil }
            return (start + 1, end - start + 1)
        }
    }

    @Test func `every folder of sources is a layer`() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: Golden.root.appending(path: "Sources").path)
        let systemLibraries: Set = ["CLibcrypto", "CZstd"]
        #expect(
            Set(folders.filter { !$0.hasPrefix(".") }).subtracting(systemLibraries)
                .subtracting(SourceRules.layers).isEmpty)
    }

    @Test(arguments: [
        "import Foundation", "package import Foundation", "@preconcurrency import NIO",
        "import Glibc",
        "import struct Foundation.Date", "import Dispatch", "import Synchronization",
        "import Workbench", "import Roles", "import Simulation", "let now = Date()",
        "let x = Int.random(in: 0..<5)", "items.randomElement()", "items.shuffled()",
        "items.shuffle()", "Task { }", "Task.detached {", "func f() async {", "x.hashValue",
        "var h = Hasher()", "let c = ContinuousClock()", "ProcessInfo.processInfo",
        "getenv(\"HOME\")",
        "var g = SystemRandomNumberGenerator()", "print(\"x\")", "let u = \"http://x\"; Task {}",
    ])
    func `a planted line is found`(line: String) {
        let text = "import Primitives\n\(line)\n"
        let findings = SourceRules.findings(in: text, file: "X.swift", layer: "Merkle")
        #expect(findings.count == 1)
        #expect(findings.first?.line == 2 && findings.first?.problem.isEmpty == false)
    }

    @Test(arguments: [
        "import Primitives", "package import Cryptography", "// import Foundation",
        "/// A Task is not allowed; nor is Date().", "let x = 1  // Date()", "let taskCount = 0",
        "random.shuffle(&items)", "let update = Update()", "func asynchronous() {}",
        "struct Threads {}", "sprint()",
    ])
    func `a harmless line is not`(line: String) {
        #expect(SourceRules.findings(in: line, file: "X.swift", layer: "Merkle") == [])
    }

    @Test func `the message names what to use instead`() {
        let findings = SourceRules.findings(
            in: "let now = Date()", file: "X.swift", layer: "Roles")
        #expect(
            findings.map(\.description) == [
                "X.swift:1: Date( makes a world depend on more than its seed; use the Instant that is passed in"
            ])
    }

    @Test(arguments: [
        "Roles", "Storage", "Hummingbird", "HummingbirdCore", "Simulation", "Observation", "Server",
    ])
    func `a client and what it shares know neither servers nor roles`(module: String) {
        for layer in ["Wire", "Client"] {
            for access in ["", "package "] {
                let findings = SourceRules.findings(
                    in: "\(access)import \(module)", file: "X.swift", layer: layer)
                #expect(findings.count == 1, "\(layer)")
            }
        }
    }

    @Test func `Workbench may use Foundation but not what stands above it`() {
        func count(_ line: String) -> Int {
            SourceRules.findings(in: line, file: "X.swift", layer: "Workbench").count
        }
        #expect(count("import Foundation") == 0)
        #expect(count("let now = Date()") == 0)
        #expect(count("import dsim") == 1)
    }
}

import Foundation
package import Roles

/// The marks that a search need not reach, each with the reason; all others it must.
package struct RareMarks: Sendable {
    private struct Entry: Codable {
        var mark: String
        var reason: String
    }

    package let marks: [Mark]

    /// Reads a list. Throws what the system refused, and what is wrong with it.
    package init(file: String) throws {
        let bytes = try ScenarioFile.read(file)
        guard let entries = try? JSONDecoder().decode([Entry].self, from: Data(bytes)) else {
            throw ScenarioError(file: file, problem: #"is no list of {"mark": "…", "reason": "…"}"#)
        }
        marks = try entries.map { entry throws(ScenarioError) in
            guard let mark = Mark(name: entry.mark) else {
                throw ScenarioError(file: file, problem: "\(Excerpt.quoted(entry.mark)) is no mark")
            }
            return mark
        }
    }

    /// The marks that a search should have reached and did not.
    package func missing(in corpus: Corpus) -> [Mark] {
        corpus.unreached.filter { !marks.contains($0) }
    }
}

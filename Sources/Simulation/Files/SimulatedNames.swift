import Primitives

/// The names of a simulated volume's files and folders: those that are durable, and what was changed since
/// the folders in question were synced.
struct SimulatedNames: Sendable {
    /// Changes that are made together, or not: a path and the file that has it from then on.
    private typealias Change = [(path: String, file: Int?)]

    private var now: [String: Int] = [:]
    private var durable: [String: Int] = [:]
    /// Oldest first.
    private var pending: [Change] = []

    subscript(path: String) -> Int? { now[path] }

    /// Every file that has a name or may have one again.
    var files: Set<Int> {
        Set(now.values).union(durable.values).union(pending.flatMap { $0.compactMap(\.file) })
    }

    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    /// The names in a folder, sorted.
    func list(_ folder: String) -> [String] {
        now.keys.filter { Self.folder(of: $0) == folder }
            .map { String($0.dropFirst(folder == "." ? 0 : folder.utf8.count + 1)) }.sorted()
    }

    mutating func set(_ path: String, to file: Int?) {
        now[path] = file
        pending.append([(path, file)])
    }

    mutating func rename(_ path: String, to other: String) {
        guard let file = now.removeValue(forKey: path) else { return }
        now[other] = file
        pending.append([(path, nil), (other, file)])
    }

    /// Makes the names in a folder durable, and older changes that those rest on.
    mutating func sync(_ folder: String) {
        var concerned: Set<String> = []
        var rests: [Bool] = []
        for change in pending.reversed() {
            let isConcerned = change.contains {
                Self.folder(of: $0.path) == folder || concerned.contains($0.path)
            }
            if isConcerned { concerned.formUnion(change.map(\.path)) }
            rests.append(!isConcerned)
        }
        var left: [Change] = []
        for (change, rests) in zip(pending, rests.reversed()) {
            if rests { left.append(change) } else { apply(change) }
        }
        pending = left
    }

    /// Power is cut: some of the changes that were not synced lasted, drawn at random; of those to one
    /// path as many as were drawn, and no later one.
    mutating func crash(_ random: inout RandomSource?) {
        var undone: Set<String> = []
        for change in pending {
            let isKept = (random?.below(2) ?? 0) == 1
            if isKept, undone.isDisjoint(with: change.map(\.path)) {
                apply(change)
            } else {
                undone.formUnion(change.map(\.path))
            }
        }
        pending = []
        // What stands in a folder that is not there cannot be reached.
        while let lost = durable.keys.filter({ path in
            let folder = Self.folder(of: path)
            return folder != "." && durable[folder] == nil
        }).min() {
            durable[lost] = nil
        }
        now = durable
    }

    private mutating func apply(_ change: Change) {
        for (path, file) in change { durable[path] = file }
    }
}

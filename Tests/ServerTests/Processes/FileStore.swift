import Foundation
import Primitives
import Spawning
import Synchronization
import Testing

@testable import Server
@testable import Wire

/// A user who remembers what was acknowledged.
final class FileStore: Sendable {
    private let network: ProcessNetwork
    private let files = Mutex<[Int: File]>([:])

    private struct File {
        var byteCount: Int
        var fate: Fate
    }

    /// What is known of a file.
    private enum Fate: Equatable {
        /// It is being put, or putting it was not acknowledged: it is there as a whole, or not at all.
        case putting
        case stored(FileID)
        /// Deleting it was not acknowledged.
        case deleting(FileID)
        case deleted
    }

    init(_ network: ProcessNetwork) { self.network = network }

    static func name(_ number: Int) -> String { "file-\(number)" }

    /// Bytes of a file, by its number; nobody could compress them.
    static func bytes(_ number: Int, _ count: Int) -> [UInt8] {
        randomBytes(count, seed: UInt64(number) + 1)
    }

    var summary: String {
        files.withLock { files in
            let stored = files.values.count { if case .stored = $0.fate { true } else { false } }
            let deleted = files.values.count { $0.fate == .deleted }
            return "\(files.count) put, \(stored) kept, \(deleted) deleted or never there"
        }
    }

    // MARK: Work

    func put(
        _ number: Int, byteCount: Int, _ token: String, mustSucceed: Bool = false
    ) async throws {
        files.withLock { $0[number] = File(byteCount: byteCount, fate: .putting) }
        do {
            var answer = try await network.put(
                Self.name(number), Self.bytes(number, byteCount), token)
            // Where many processes share a machine, nodes may be slow to answer.
            for _ in 0..<8 where mustSucceed && answer.status == 503 {
                try await Task.sleep(for: .seconds(1))
                answer = try await network.put(
                    Self.name(number), Self.bytes(number, byteCount), token)
            }
            if answer.status == 201 {
                let form = try WireJSON.decode(FileForm.self, from: answer.body)
                files.withLock { $0[number]?.fate = .stored(form.id) }
            } else if mustSucceed {
                throw Problem(description: "file \(number): \(answer.text)")
            }
        } catch  where !mustSucceed {}
    }

    func putWithProgram(_ number: Int, byteCount: Int, mustSucceed: Bool = true) async throws {
        files.withLock { $0[number] = File(byteCount: byteCount, fate: .putting) }
        let name = Self.name(number)
        let file = network.warden.folder.appending(path: name)
        try Data(Self.bytes(number, byteCount)).write(to: file)
        let outcome = try await network.dsim.run("put", name)
        try FileManager.default.removeItem(at: file)
        guard outcome.status == 0 else {
            if mustSucceed { throw Problem(description: "file \(number): \(outcome)") }
            return
        }
        let id = try #require(outcome.output.firstRange(of: "id:")).upperBound
        let fileID = try #require(FileID(hexadecimal: String(outcome.output[id...].prefix(32))))
        files.withLock { $0[number]?.fate = .stored(fileID) }
    }

    private func pick(_ choice: UInt64) -> (number: Int, id: FileID, byteCount: Int)? {
        files.withLock { files in
            let stored = files.keys.sorted().compactMap { number -> (Int, FileID, Int)? in
                guard let file = files[number], case .stored(let id) = file.fate else { return nil }
                return (number, id, file.byteCount)
            }
            return stored.isEmpty ? nil : stored[Int(choice % UInt64(stored.count))]
        }
    }

    /// Reads some file: it may be out of reach, but never wrong.
    func read(_ choice: UInt64, _ token: String) async throws {
        guard let (number, id, byteCount) = pick(choice),
            let answer = try? await network.get(id.description, token)
        else { return }
        #expect(answer.status != 404 || !isStored(number), "file \(number) is gone")
        guard answer.status == 200 else { return }
        #expect(Array(answer.body) == Self.bytes(number, byteCount), "file \(number) is wrong")
    }

    private func isStored(_ number: Int) -> Bool {
        files.withLock { if case .stored? = $0[number]?.fate { true } else { false } }
    }

    func delete(_ choice: UInt64, _ token: String) async throws {
        guard let (number, id, _) = pick(choice) else { return }
        files.withLock { $0[number]?.fate = .deleting(id) }
        guard let answer = try? await network.delete(id.description, token) else { return }
        #expect(answer.status != 404, "file \(number) is gone")
        if answer.status == 204 { files.withLock { $0[number]?.fate = .deleted } }
    }

    // MARK: Checks, with nothing being killed

    /// Finds out what became of what was not acknowledged: it is there as a whole, or not at all.
    func settle(_ token: String) async throws {
        let listed = try await network.list(token)
        files.withLock { files in
            for (number, file) in files {
                let found = listed[Self.name(number)]
                switch file.fate {
                case .stored, .deleted: break
                case .putting, .deleting:
                    files[number]?.fate = found.map { .stored($0.id) } ?? .deleted
                }
            }
        }
    }

    /// Reads everything back that was acknowledged, and looks for what nobody put.
    func checkAll(_ token: String) async throws {
        try await checkStored(token)
        let names = Set(files.withLock { $0.keys }.map(Self.name))
        let listed = try await network.list(token).keys
        #expect(names.isSuperset(of: listed), "there are files too many")
    }

    /// Reads everything back that was acknowledged.
    func checkStored(_ token: String) async throws {
        let listed = try await network.list(token)
        let known = files.withLock { $0 }
        for (number, file) in known.sorted(by: { $0.key < $1.key }) {
            switch file.fate {
            case .putting, .deleting: continue
            case .deleted:
                #expect(listed[Self.name(number)] == nil, "file \(number) was deleted")
            case .stored(let id):
                #expect(listed[Self.name(number)]?.id == id, "file \(number) is gone")
                let answer = try await network.get(id.description, token)
                #expect(answer.status == 200, "file \(number): \(answer.text.prefix(300))")
                guard answer.status == 200 else { continue }
                #expect(
                    Array(answer.body) == Self.bytes(number, file.byteCount),
                    "file \(number) is wrong")
            }
        }
    }

    func deleteAll(_ token: String) async throws {
        for file in try await network.list(token).values {
            let answer = try await network.delete(file.id.description, token)
            #expect(answer.status == 204, "\(answer.text)")
        }
    }
}

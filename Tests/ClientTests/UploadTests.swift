import Cryptography
import Files
import Foundation
import HTTPTypes
import Platform
import Primitives
import Synchronization
import Testing

@testable import Client

@Suite struct UploadTests {
    private static let chunk = ChunkSize.standard.count

    @Test(arguments: [0, 1, chunk - 1, chunk, chunk + 1, 20 * chunk + 17])
    func `a file comes back as it was`(count: Int) async throws {
        let bench = try ClientBench()
        let bytes = ClientBench.bytes(count)
        let path = try bench.write(bytes, to: "source")
        try await bench.run { client, session in
            let stored = try await bench.upload(client, session, path, as: "a file")
            #expect(stored.resumedBytes == 0)
            let files = StoredFiles(
                opening: try await client.sealedFiles(), with: session.masterKey)
            #expect(files.failures.isEmpty)
            #expect(try files.find("a file").id == stored.id)
            let file = try await bench.file(client, session, stored.id)
            #expect(file.manifest.size == UInt64(count))
            #expect(try await bench.download(client, file, to: "target") == 0)
        }
        #expect(bench.read("target") == bytes)
        #expect(bench.names == ["source", "target"], "nothing else is left behind")
    }

    @Test func `the backend sees no plaintext`() async throws {
        let bench = try ClientBench()
        let marker = Array("a sentence that must not travel".utf8)
        let path = try bench.write(
            [[UInt8]](repeating: marker, count: 20_000).flatMap { $0 }, to: "source")
        try await bench.run { client, session in
            _ = try await bench.upload(client, session, path, as: "secret name")
        }
        let (put, bodies) = bench.backend.state.withLock { ($0.everPut, $0.bodies) }
        #expect(!put.isEmpty)
        for bytes in put + bodies {
            #expect(bytes.firstRange(of: marker) == nil)
            #expect(bytes.firstRange(of: Array("secret name".utf8)) == nil)
        }
    }

    @Test(arguments: [
        FakeBackend.Trouble.status(503, code: "unavailable"),
        .status(429, code: "slow-down", retryAfter: 0), .drop, .dropAnswer,
    ])
    func `a chunk that fails is sent again`(trouble: FakeBackend.Trouble) async throws {
        let bench = try ClientBench()
        let bytes = ClientBench.bytes(5 * Self.chunk)
        let path = try bench.write(bytes, to: "source")
        bench.backend.add(.init(method: .put, path: "/api/chunks", times: 3, trouble: trouble))
        bench.backend.add(.init(method: .post, path: "/api/files", times: 1, trouble: trouble))
        try await bench.run { client, session in
            let stored = try await bench.upload(client, session, path)
            let file = try await bench.file(client, session, stored.id)
            _ = try await bench.download(client, file, to: "target")
        }
        #expect(bench.read("target") == bytes)
        #expect(bench.backend.count("PUT /api/chunks") == 8)
    }

    @Test func `a backend that stays away is told in the end`() async throws {
        let bench = try ClientBench()
        let path = try bench.write([1], to: "source")
        bench.backend.add(
            .init(
                method: .put, path: "/api/chunks", times: .max,
                trouble: .status(503, code: "unavailable")))
        try await bench.run { client, session in
            let kind = await clientErrorKind {
                _ = try await bench.upload(client, session, path)
            }
            #expect(kind == .unavailable)
        }
        #expect(bench.backend.count("PUT /api/chunks") == 4)
    }

    @Test func `a broken upload goes on where it was`() async throws {
        let bench = try ClientBench()
        let bytes = ClientBench.bytes(30 * Self.chunk)
        let path = try bench.write(bytes, to: "source")
        try await bench.run { client, session in
            bench.backend.add(
                .init(
                    method: .put, path: "/api/chunks", times: .max,
                    trouble: .status(400, code: "broken"), after: 20))
            #expect(
                await clientErrorKind { _ = try await bench.upload(client, session, path) }
                    == .refused)
            bench.backend.state.withLock { $0.faults = [] }
            let before = bench.backend.state.withLock { $0.everPut.count }
            #expect(before == 20)
            let stored = try await bench.upload(client, session, path)
            #expect(stored.resumedBytes > 0)
            let after = bench.backend.state.withLock { $0.everPut.count }
            #expect(after - before < 30, "what is there is not sent again")
            let file = try await bench.file(client, session, stored.id)
            _ = try await bench.download(client, file, to: "target")
        }
        #expect(bench.read("target") == bytes)
    }

    /// All ids that were ever put, by the index that they were sealed for under one of the keys.
    @Test func `a source that changed is never sealed under the same key`() async throws {
        let bench = try ClientBench()
        let path = try bench.write(ClientBench.bytes(3 * Self.chunk), to: "source")
        let stamp = try #require(try UploadSource(path: path).stamp)
        try await bench.run { client, session in
            bench.backend.add(
                .init(
                    method: .post, path: "/api/files", times: 1,
                    trouble: .status(400, code: "broken")))
            #expect(
                await clientErrorKind { _ = try await bench.upload(client, session, path) }
                    == .refused)
            let journal = bench.folders.uploadJournal(
                user: "ada", backend: session.backend, source: path)
            let old = try UploadJournal.open(journal, stamp: stamp, masterKey: session.masterKey)
            #expect(old.isResumed)
            let oldID = old.fileID
            // Other bytes at an index that was sent: told by what the journal says.
            #expect(try !old.willSend(ChunkID(.zero), at: 1))
            withExtendedLifetime(old) {}
            // Another size and time: told by the stamp.
            try bench.write(ClientBench.bytes(3 * Self.chunk + 1, seed: 2), to: "source")
            let stored = try await bench.upload(client, session, path)
            #expect(stored.id != oldID)
            #expect(stored.resumedBytes == 0)
        }
    }

    @Test func `other bytes behind the same stamp get a new key`() async throws {
        let bench = try ClientBench()
        let bytes = ClientBench.bytes(3 * Self.chunk)
        let path = try bench.write(bytes, to: "source")
        let stamp = try #require(try UploadSource(path: path).stamp)
        try await bench.run { client, session in
            // As if an earlier try had sent something else as the second chunk.
            let journal = bench.folders.uploadJournal(
                user: "ada", backend: session.backend, source: path)
            var poisoned: UploadJournal? = try .open(
                journal, stamp: stamp, masterKey: session.masterKey)
            let poisonedID = try #require(poisoned?.fileID)
            #expect(try poisoned?.willSend(ChunkID(.zero), at: 1) == true)
            poisoned = nil
            let stored = try await bench.upload(client, session, path)
            #expect(stored.id != poisonedID, "the key is given up")
            let file = try await bench.file(client, session, stored.id)
            _ = try await bench.download(client, file, to: "target")
        }
        #expect(bench.read("target") == bytes)
    }

    @Test func `a journal outlives no restart of the machine`() throws {
        let bench = try ClientBench()
        let path = try bench.write([1, 2, 3], to: "source")
        let stamp = try #require(try UploadSource(path: path).stamp)
        let key = try MasterKey(SystemRandom.key())
        func open(boot: String?) throws -> (FileID, Bool) {
            let journal = try UploadJournal.open(
                bench.path("state/j"), stamp: stamp, masterKey: key, boot: boot)
            return (journal.fileID, journal.isResumed)
        }
        let first = try open(boot: "a")
        #expect(try open(boot: "a") == (first.0, true))
        let second = try open(boot: "b")
        #expect(second.0 != first.0 && !second.1)
        #expect(try open(boot: nil).1 == false)
        #expect(try open(boot: "b") == (second.0, true))
    }

    @Test(arguments: ["s 1", "x", "d 5\n", "s 1 zz\n", "s 2 00\nd 2\n", "\n"])
    func `a journal that is damaged is not gone on with`(tail: String) throws {
        let bench = try ClientBench()
        let path = try bench.write([1, 2, 3], to: "source")
        let stamp = try #require(try UploadSource(path: path).stamp)
        let key = try MasterKey(SystemRandom.key())
        let journal = bench.path("state/j")
        let first = try UploadJournal.open(journal, stamp: stamp, masterKey: key).fileID
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: journal))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(tail.utf8))
        try handle.close()
        let second = try UploadJournal.open(journal, stamp: stamp, masterKey: key)
        #expect(second.fileID != first && !second.isResumed)
    }

    @Test func `two uploads of one file share no key`() throws {
        let bench = try ClientBench()
        let path = try bench.write([1, 2, 3], to: "source")
        let stamp = try #require(try UploadSource(path: path).stamp)
        let key = try MasterKey(SystemRandom.key())
        let first = try UploadJournal.open(bench.path("state/j"), stamp: stamp, masterKey: key)
        let second = try UploadJournal.open(bench.path("state/j"), stamp: stamp, masterKey: key)
        #expect(first.fileID != second.fileID)
        #expect(first.fileKey != second.fileKey)
    }

    @Test func `chunks that the backend forgot are sent again`() async throws {
        let bench = try ClientBench()
        let bytes = ClientBench.bytes(20 * Self.chunk)
        let path = try bench.write(bytes, to: "source")
        try await bench.run { client, session in
            bench.backend.add(
                .init(
                    method: .post, path: "/api/files", times: 1,
                    trouble: .status(400, code: "broken")))
            #expect(
                await clientErrorKind { _ = try await bench.upload(client, session, path) }
                    == .refused)
            bench.backend.state.withLock { state in
                for id in state.staged.keys.sorted().prefix(9) { state.staged[id] = nil }
            }
            let stored = try await bench.upload(client, session, path)
            #expect(stored.resumedBytes == UInt64(bytes.count))
            let file = try await bench.file(client, session, stored.id)
            _ = try await bench.download(client, file, to: "target")
        }
        #expect(bench.read("target") == bytes)
        #expect(bench.backend.count("PUT /api/chunks") == 29)
    }

    @Test func `a large file has larger chunks, and one beyond the limit is refused`() throws {
        let bench = try ClientBench()
        let path = try bench.write([], to: "source")
        func source(of count: UInt64) throws -> UploadSource {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            defer { try? file.close() }
            try file.truncate(atOffset: count)
            return try UploadSource(path: path)
        }
        #expect(try source(of: 64 << 30).chunkSize == .standard)
        #expect(try source(of: 64 << 30 + 1).chunkSize.count == 524_288)
        #expect(try source(of: 4 << 40).chunkSize == .largest)
        let error = #expect(throws: ClientError.self) { try source(of: 4 << 40 + 1) }
        #expect(error?.kind == .cannotRead)
        #expect(error?.message.contains("4398046511104 bytes") == true)
    }

    @Test func `a stream is stored too`() async throws {
        let bench = try ClientBench()
        let bytes = ClientBench.bytes(Self.chunk * 3 / 2)
        let path = try bench.write(bytes, to: "source")
        try await bench.run { client, session in
            let handle = try #require(FileHandle(forReadingAtPath: path))
            let stored = try await Upload(
                client: client, session: session, name: "stream",
                source: .stream(handle.fileDescriptor), folders: bench.folders
            ).run()
            let file = try await bench.file(client, session, stored.id)
            _ = try await bench.download(client, file, to: "target")
        }
        #expect(bench.read("target") == bytes)
    }

    @Test func `progress only grows and ends at the whole`() async throws {
        let bench = try ClientBench()
        let path = try bench.write(ClientBench.bytes(5 * Self.chunk + 1), to: "source")
        let shown = Mutex<[TransferProgress]>([])
        try await bench.run { client, session in
            _ = try await bench.upload(client, session, path) { progress in
                shown.withLock { $0.append(progress) }
            }
        }
        let all = shown.withLock { $0 }
        #expect(all.count == 6)
        #expect(all.map(\.bytes) == all.map(\.bytes).sorted())
        #expect(all.last?.bytes == UInt64(5 * Self.chunk + 1))
        #expect(all.last?.bytes == all.last?.total)
    }

    @Test func `a folder or a missing file cannot be read`() async throws {
        let bench = try ClientBench()
        try await bench.run { client, session in
            for path in [bench.folder.path, bench.path("missing")] {
                let kind = await clientErrorKind {
                    _ = try await bench.upload(client, session, path)
                }
                #expect(kind == .cannotRead)
            }
        }
    }
}

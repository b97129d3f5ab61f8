import Cryptography
import Files
import Foundation
import HTTPTypes
import Platform
import Primitives
import Synchronization
import Testing
import Wire

@testable import Client

@Suite struct DownloadTests {
    private static let chunk = ChunkSize.standard.count

    @Test(arguments: [
        FakeBackend.Trouble.status(503, code: "unavailable"),
        .status(404, code: "no-such-chunk"), .drop, .dropAnswer,
    ])
    func `a chunk that fails is asked for again`(trouble: FakeBackend.Trouble) async throws {
        let bench = try ClientBench()
        let bytes = ClientBench.bytes(12 * Self.chunk)
        let path = try bench.write(bytes, to: "source")
        try await bench.run { client, session in
            let stored = try await bench.upload(client, session, path)
            let file = try await bench.file(client, session, stored.id)
            bench.backend.add(
                .init(method: .get, path: "/api/files", times: 3, trouble: trouble))
            _ = try await bench.download(client, file, to: "target")
        }
        #expect(bench.read("target") == bytes)
    }

    @Test func `a chunk that is gone is told and nothing appears`() async throws {
        let bench = try ClientBench()
        let path = try bench.write(ClientBench.bytes(12 * Self.chunk), to: "source")
        try await bench.run { client, session in
            let stored = try await bench.upload(client, session, path)
            let file = try await bench.file(client, session, stored.id)
            bench.backend.state.withLock { $0.chunks[file.manifest.chunks[9]] = nil }
            let kind = await clientErrorKind {
                _ = try await bench.download(client, file, to: "target")
            }
            #expect(kind == .notFound)
        }
        #expect(bench.read("target") == nil)
    }

    @Test func `a changed chunk is refused and never written`() async throws {
        let bench = try ClientBench()
        let bytes = ClientBench.bytes(12 * Self.chunk)
        let path = try bench.write(bytes, to: "source")
        try await bench.run { client, session in
            let stored = try await bench.upload(client, session, path)
            let file = try await bench.file(client, session, stored.id)
            bench.backend.add(
                .init(
                    method: .get, path: "/api/files", times: 1, trouble: .corrupt, after: 9))
            let kind = await clientErrorKind {
                _ = try await bench.download(client, file, to: "target")
            }
            #expect(kind == .misbehaving)
            #expect(bench.read("target") == nil)
            let partial = try #require(bench.names.first { $0.hasSuffix(".part") })
            let kept = try #require(bench.read(partial))
            #expect(bytes.starts(with: kept))
            // What is right is kept.
            let resumed = try await bench.download(client, file, to: "target")
            #expect(resumed == UInt64(kept.count))
        }
        #expect(bench.read("target") == bytes)
        #expect(bench.names == ["source", "target"])
    }

    @Test(arguments: [0, 1, 300_000, 600_000])
    func `only the right part of a broken download is kept`(damage: Int) async throws {
        let bench = try ClientBench()
        let bytes = ClientBench.bytes(6 * Self.chunk + 5)
        let path = try bench.write(bytes, to: "source")
        try await bench.run { client, session in
            let stored = try await bench.upload(client, session, path)
            let file = try await bench.file(client, session, stored.id)
            var partial = Array(bytes.prefix(3 * Self.chunk + 100))
            partial[damage] ^= 1
            try bench.write(partial, to: ".dsim-\(stored.id).part")
            let resumed = try await bench.download(client, file, to: "target")
            #expect(resumed == UInt64(damage / Self.chunk * Self.chunk))
        }
        #expect(bench.read("target") == bytes)
    }

    @Test func `an existing file stays unless it is to be replaced`() async throws {
        let bench = try ClientBench()
        let path = try bench.write([1, 2, 3], to: "source")
        try bench.write([9], to: "target")
        try await bench.run { client, session in
            let stored = try await bench.upload(client, session, path)
            let file = try await bench.file(client, session, stored.id)
            let kind = await clientErrorKind {
                _ = try await bench.download(client, file, to: "target")
            }
            #expect(kind == .alreadyExists)
            #expect(bench.read("target") == [9])
            _ = try await bench.download(client, file, to: "target", replacing: true)
        }
        #expect(bench.read("target") == [1, 2, 3])
        #expect(bench.names == ["source", "target"])
    }

    @Test func `another user's record does not open`() async throws {
        let bench = try ClientBench()
        let path = try bench.write([1, 2, 3], to: "source")
        try await bench.run { client, session in
            let stored = try await bench.upload(client, session, path)
            let form = try await client.record(of: stored.id)
            let stranger = try MasterKey(SystemRandom.key())
            #expect(throws: ClientError.self) { try StoredFile(opening: form, with: stranger) }
            var other = form
            other.root = .zero
            #expect(throws: ClientError.self) {
                try StoredFile(opening: other, with: session.masterKey)
            }
        }
    }

    @Test func `of several files of one name the newest is meant`() async throws {
        let bench = try ClientBench()
        let path = try bench.write([1, 2, 3], to: "source")
        try await bench.run { client, session in
            let first = try await bench.upload(client, session, path)
            let second = try await bench.upload(client, session, path)
            let files = StoredFiles(
                opening: try await client.sealedFiles(), with: session.masterKey)
            #expect(try files.find("file").id == second.id)
            #expect(files.named("file").map(\.id) == [second.id, first.id])
            let prefix = "id:" + first.id.description.prefix(8).uppercased().lowercased()
            #expect(try files.find(prefix).id == first.id)
            for reference in ["other", "id:", "id:zz", ""] {
                #expect(throws: ClientError.self) { try files.find(reference) }
            }
            try await client.delete(second.id, chunks: second.manifest.chunks)
            let left = StoredFiles(
                opening: try await client.sealedFiles(), with: session.masterKey)
            #expect(try left.find("file").id == first.id)
        }
    }

    @Test func `a deletion whose answer is lost is done`() async throws {
        let bench = try ClientBench()
        let path = try bench.write([1, 2, 3], to: "source")
        try await bench.run { client, session in
            let stored = try await bench.upload(client, session, path)
            bench.backend.add(
                .init(method: .delete, path: "/api/files", times: 1, trouble: .dropAnswer))
            try await client.delete(stored.id, chunks: stored.manifest.chunks)
            #expect(try await client.sealedFiles().isEmpty)
        }
    }
}

import Cryptography
import Foundation
import Ledger
import Primitives
import Synchronization
import Testing
import Wire

@testable import Client

@Suite struct LedgerCheckTests {
    /// Blocks with some placements each.
    private static func fill(_ backend: FakeBackend, blocks: Int, from first: Int = 0) {
        for block in first..<first + blocks {
            backend.append(
                (0..<3).map {
                    .placement(
                        PlacementRecord(
                            chunk: ChunkID(SHA256.hash([UInt8(block), UInt8($0)])), size: 7,
                            nodes: [PeerID(1)]))
                })
        }
    }

    private static func check(
        _ client: StoreClient, _ memory: LedgerMemory?
    ) async throws -> LedgerMemory? {
        var check = LedgerCheck(memory: memory)
        try await client.blocks { try check.check(encoded: $0) }
        return try check.finish(backend: client.backend.text)
    }

    @Test func `a whole ledger verifies and is remembered`() async throws {
        let bench = try ClientBench()
        Self.fill(bench.backend, blocks: 5)
        try await bench.run { client, session in
            let seen = try #require(try await Self.check(client, nil))
            #expect(seen.blocks == 5 && seen.records == 15)
            try seen.write(in: bench.folders)
            #expect(try LedgerMemory.read(of: session.backend, in: bench.folders) == seen)
            Self.fill(bench.backend, blocks: 2, from: 5)
            let later = try #require(try await Self.check(client, seen))
            #expect(later.blocks == 7)
        }
    }

    @Test func `a ledger that was cut off is noticed`() async throws {
        let bench = try ClientBench()
        Self.fill(bench.backend, blocks: 5)
        try await bench.run { client, _ in
            let seen = try await Self.check(client, nil)
            bench.backend.state.withLock { _ = $0.blocks.removeLast() }
            // Without a memory it is just a shorter ledger.
            #expect(try await Self.check(client, nil)?.blocks == 4)
            let kind = await clientErrorKind { _ = try await Self.check(client, seen) }
            #expect(kind == .misbehaving)
            bench.backend.state.withLock { $0.blocks.removeAll() }
            let empty = await clientErrorKind { _ = try await Self.check(client, seen) }
            #expect(empty == .misbehaving)
        }
    }

    @Test func `a ledger that was rewritten or is another's is noticed`() async throws {
        let bench = try ClientBench()
        Self.fill(bench.backend, blocks: 5)
        let other = try FakeBackend()
        Self.fill(other, blocks: 9, from: 100)
        let stranger = try SigningKey(seed: SecretKey(copying: [UInt8](repeating: 8, count: 32)))
        try await bench.run { client, _ in
            let seen = try #require(try await Self.check(client, nil))
            // The same writer's, longer, and valid.
            let forged = other.state.withLock { $0.blocks }
            bench.backend.state.withLock { $0.blocks = forged }
            #expect(try await Self.check(client, nil)?.blocks == 9)
            #expect(
                await clientErrorKind { _ = try await Self.check(client, seen) } == .misbehaving)
            var writer = LedgerWriter(signingKey: stranger)
            let block = writer.append([], at: Instant(nanoseconds: 1))
            bench.backend.state.withLock { $0.blocks = [block] }
            #expect(
                await clientErrorKind { _ = try await Self.check(client, seen) } == .misbehaving)
        }
    }

    @Test func `a ledger that nodes were shown otherwise is noticed`() async throws {
        let bench = try ClientBench()
        Self.fill(bench.backend, blocks: 5)
        let other = try FakeBackend()
        Self.fill(other, blocks: 6, from: 100)
        let own = bench.backend.state.withLock { $0.blocks.map(\.signedHeader) }
        let forked = other.state.withLock { $0.blocks.map(\.signedHeader) }
        let stranger = try SigningKey(seed: SecretKey(copying: [UInt8](repeating: 8, count: 32)))
        var writer = LedgerWriter(signingKey: stranger)
        let foreign = (0..<9).map { writer.append([], at: Instant(nanoseconds: $0)).signedHeader }
        var unsigned = forked[5]
        unsigned.header.time = unsigned.header.time + .seconds(1)
        let fine = [own[4], own[2], foreign[8], foreign[1], unsigned]
        try await bench.run { client, _ in
            func witnessed(_ heads: [SignedHeader]) async throws -> Int {
                var check = LedgerCheck(memory: nil, heads: heads)
                try await client.blocks { try check.check(encoded: $0) }
                _ = try check.finish(backend: client.backend.text)
                return check.witnessed
            }
            let count = try await witnessed(fine)
            #expect(count == 2)
            #expect(await clientErrorKind { _ = try await witnessed([forked[2]]) } == .misbehaving)
            #expect(await clientErrorKind { _ = try await witnessed([forked[5]]) } == .misbehaving)
        }
    }

    @Test func `every changed byte of an export is noticed`() async throws {
        let bench = try ClientBench()
        Self.fill(bench.backend, blocks: 2)
        let export = bench.backend.export()
        for index in stride(from: 0, to: export.count, by: 11) {
            var changed = export
            changed[index] ^= 0x10
            let path = try bench.write(changed, to: "export")
            let kind = await clientErrorKind {
                var check = LedgerCheck(memory: nil)
                try await LedgerFile(path).blocks { try check.check(encoded: $0) }
            }
            #expect(kind == .misbehaving, "byte \(index)")
        }
    }

    @Test func `an export that ends within a block is noticed`() async throws {
        let bench = try ClientBench()
        Self.fill(bench.backend, blocks: 2)
        let export = bench.backend.export()
        for count in [1, 3, 4, 100, export.count - 1] {
            let path = try bench.write(Array(export.prefix(count)), to: "export")
            let kind = await clientErrorKind {
                try await LedgerFile(path).blocks { _ in }
            }
            #expect(kind == .misbehaving, "\(count) bytes")
        }
    }

    @Test func `blocks are the same however the bytes come`() throws {
        let backend = try FakeBackend()
        Self.fill(backend, blocks: 3)
        let export = backend.export()
        let blocks = backend.state.withLock { $0.blocks }.map { $0.encoded() }
        for step in [1, 7, 300, export.count] {
            var splitter = BlockSplitter()
            var found: [[UInt8]] = []
            for start in stride(from: 0, to: export.count, by: step) {
                splitter.append(export[start..<min(start + step, export.count)])
                while let block = try splitter.next() { found.append(block) }
            }
            try splitter.finish()
            #expect(found == blocks)
        }
    }

    @Test func `a proof holds for its record only`() async throws {
        let bench = try ClientBench()
        Self.fill(bench.backend, blocks: 4)
        try await bench.run { client, _ in
            let form = try await client.ledgerProof(ofRecord: 7)
            let header = try #require(try await client.signedHeader(at: form.header.height))
            let writer = header.header.writer
            _ = try ProvenRecord(
                leaf: form.leaf, proof: form.proof, header: header, writer: writer)
            #expect(throws: ClientError.self) {
                try ProvenRecord(leaf: .zero, proof: form.proof, header: header, writer: writer)
            }
            let older = try #require(try await client.signedHeader(at: 2))
            #expect(throws: ClientError.self) {
                try ProvenRecord(leaf: form.leaf, proof: form.proof, header: older, writer: writer)
            }
            var forged = header
            forged.header.ledgerRoot = .zero
            #expect(throws: ClientError.self) {
                try ProvenRecord(leaf: form.leaf, proof: form.proof, header: forged, writer: nil)
            }
            #expect(throws: ClientError.self) {
                try ProvenRecord(
                    leaf: form.leaf, proof: form.proof, header: header,
                    writer: PublicKey(bytes: .zero))
            }
            #expect(try await client.signedHeader(at: 99) == nil)
        }
    }
}

import Cryptography
import Foundation
import Ledger
import Primitives
import Testing

@testable import Wire

@Suite struct WireFormsTests {
    @Test func `a form keeps its values through JSON`() throws {
        let form = FileForm(
            id: FileID(high: 1, low: 2), name: "a/b \"c\" ü", size: 1 << 52, sha256: .zero,
            chunks: 3, chunkSize: 262_144, created: "2031-05-04T03:02:01.000Z")
        let data = try WireJSON.encode(form)
        #expect(try WireJSON.decode(FileForm.self, from: data) == form)
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains(#""id":"00000000000000010000000000000002""#))
        #expect(text.contains(#"a/b"#), "slashes stay as they are")
        #expect(!text.contains("redundancy"), "what is not there is not said")
    }

    @Test func `a block is its header with entries`() throws {
        let key = try SigningKey(seed: SecretKey(copying: [UInt8](repeating: 1, count: 32)))
        var writer = LedgerWriter(signingKey: key)
        let records: [Record] = [
            .placement(PlacementRecord(chunk: ChunkID(.zero), size: 7, nodes: [PeerID(5)])),
            .membership(MembershipRecord(node: PeerID(5), event: .declaredDead)),
        ]
        let block = writer.append(records, at: Instant(nanoseconds: 1_000_000))
        let form = BlockForm(
            header: HeaderForm(block),
            entries: block.records.enumerated().map {
                RecordEntryForm(index: UInt64($0.offset), record: $0.element)
            })
        let data = try WireJSON.encode(form)
        #expect(try WireJSON.decode(BlockForm.self, from: data) == form)
        let members = try #require(
            JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(members["height"] as? Int == 0)
        let entries = try #require(members["entries"] as? [[String: Any]])
        #expect(entries[0]["event"] as? String == "dead")
        #expect(entries[1]["nodes"] as? [String] == ["0000000000000005"])
    }

    @Test func `bytes have one text`() throws {
        func decode<Value: Decodable>(_ type: Value.Type, _ text: String) -> Value? {
            try? WireJSON.decode(type, from: Data("\"\(text)\"".utf8))
        }
        #expect(decode(Base64.self, "AAE=")?.bytes == [0, 1])
        for other in ["AAF=", "AAE", "AAE==", "AAE=\\n", "A A E=", "AAE=AAE=", "-_8=", "="] {
            #expect(decode(Base64.self, other) == nil, "\(other)")
        }
        #expect(decode(Hex.self, "0aff")?.bytes == [10, 255])
        for other in ["0aFF", "0AFF", "aff", "0x0aff"] {
            #expect(decode(Hex.self, other) == nil, "\(other)")
        }
        let hash = "aB" + String(repeating: "0", count: 62)
        #expect(decode(Hash256.self, hash) == nil)
        #expect(decode(Hash256.self, hash.lowercased()) != nil)
    }

    @Test func `bytes in a URL have one text too`() {
        for bytes in [[], [255], [255, 254], [251, 255, 191], [UInt8](0...255)] as [[UInt8]] {
            let text = Base64(bytes).urlText
            #expect(text.utf8.allSatisfy { !"+/=".utf8.contains($0) })
            #expect(Base64(urlText: text)?.bytes == bytes)
            #expect(Base64(urlText: text + "=") == nil)
        }
        for other in ["AB", "A", "+w", "-x==", "AAE=", "A A"] {
            #expect(Base64(urlText: other) == nil, "\(other)")
        }
    }

    @Test(arguments: [
        #"{"salt":"zz","cost":1,"blockSize":1,"parallelization":1,"challenge":"ab"}"#,
        #"{"salt":"abc","cost":1,"blockSize":1,"parallelization":1,"challenge":"ab"}"#,
        #"{"salt":"ab","cost":-1,"blockSize":1,"parallelization":1,"challenge":"ab"}"#, "[]", "",
    ])
    func `malformed JSON is refused`(text: String) {
        #expect(throws: (any Error).self) {
            try WireJSON.decode(LogInParametersForm.self, from: Data(text.utf8))
        }
    }
}

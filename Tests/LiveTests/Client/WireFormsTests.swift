import Cryptography
import Foundation
import Ledger
import Primitives
import Testing

@testable import Live

@Suite struct WireFormsTests {
    @Test func aFormKeepsItsValuesThroughJSON() throws {
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

    @Test func aBlockIsItsHeaderWithEntries() throws {
        let key = try SigningKey(seed: SecretKey(copying: [UInt8](repeating: 1, count: 32)))
        var writer = LedgerWriter(signingKey: key)
        let records: [Record] = [
            .placement(PlacementRecord(chunk: ChunkID(.zero), size: 7, nodes: [PeerID(5)])),
            .membership(MembershipRecord(node: PeerID(5), event: .declaredDead)),
        ]
        let block = writer.append(records, at: Instant(nanoseconds: 1_000_000))
        let form = BlockForm(
            header: HeaderForm(block.signedHeader, records: 2),
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

    @Test(arguments: [
        #"{"salt":"zz","cost":1,"blockSize":1,"parallelization":1}"#,
        #"{"salt":"abc","cost":1,"blockSize":1,"parallelization":1}"#,
        #"{"salt":"ab","cost":-1,"blockSize":1,"parallelization":1}"#, "[]", "",
    ])
    func malformedJSONIsRefused(text: String) {
        #expect(throws: (any Error).self) {
            try WireJSON.decode(LogInParametersForm.self, from: Data(text.utf8))
        }
    }
}

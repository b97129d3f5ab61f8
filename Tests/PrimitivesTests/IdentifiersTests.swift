import Primitives
import Testing

@Suite struct IdentifiersTests {
    @Test func `a file id is 16 bytes, and orders as they do`() {
        #expect(
            FileID(high: 1, low: 0x0203).bytes == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 3])
        let ids = [
            FileID(high: 0, low: 0), FileID(high: 0, low: .max), FileID(high: 1, low: 0),
            FileID(high: .max, low: 5),
        ]
        for (index, a) in ids.enumerated() {
            for (other, b) in ids.enumerated() {
                #expect((a < b) == (index < other))
                #expect((a < b) == a.bytes.lexicographicallyPrecedes(b.bytes))
            }
        }
    }

    @Test func `descriptions are stable`() {
        #expect(PeerID(7).description == "peer 7")
        #expect(FileID(high: 1, low: 2).description == "00000000000000010000000000000002")
        #expect(ChunkID(.zero).description == String(repeating: "0", count: 64))
    }

    @Test func `no call has the number of none`() {
        #expect(CallID.none == CallID(0))
        #expect(CallID(1) > .none)
        #expect(PeerID(1) < PeerID(2))
    }
}

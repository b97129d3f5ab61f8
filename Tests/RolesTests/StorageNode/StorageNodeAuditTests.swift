import Cryptography
import Merkle
import Primitives
import Testing

@testable import Roles

@Suite struct StorageNodeAuditTests {
    private let chunk = TestChunk(1)
    private let nonce = SHA256.hash([1, 2, 3])

    private func answer(
        _ drive: inout NodeDrive, _ chunk: TestChunk, from peer: PeerID = Peers.backend
    ) -> AuditOutcome? {
        let sent = drive.receive(
            .node(.audit(AuditRequest(chunk: chunk.id, nonce: nonce))), from: peer, call: CallID(9))
        let answer = sent.first { $0.call == CallID(9) }?.auditAnswer
        return answer?.chunk == chunk.id ? answer?.outcome : nil
    }

    @Test func `a node that holds a chunk proves it with the nonce and all of its bytes`() {
        var drive = NodeDrive.node()
        drive.store(chunk)
        let expected = SHA256.hash(nonce.bytes + chunk.payload.bytes)
        #expect(answer(&drive, chunk) == .proven(expected))
    }

    @Test func `a node that cannot read a chunk now says so, and keeps it`() {
        var drive = NodeDrive.node()
        drive.store(chunk)
        drive.disk.refusesReads = true
        #expect(answer(&drive, chunk) == .unavailable)
        #expect(drive.role.index.count == 1)
        drive.disk.refusesReads = false
        #expect(answer(&drive, chunk) == .proven(SHA256.hash(nonce.bytes + chunk.payload.bytes)))
    }

    @Test func `a node says that it lacks a chunk to backends only`() {
        var drive = NodeDrive.node()
        drive.store(chunk)
        #expect(answer(&drive, TestChunk(2)) == .missing)
        #expect(answer(&drive, chunk, from: Peers.stranger) == .refused)
        #expect(answer(&drive, TestChunk(2), from: Peers.stranger) == .refused)
    }
}

import Cryptography
import Ledger
import Merkle
import Primitives

@testable import Roles

/// A sealed chunk as the roles see one: bytes under their hash. Each number makes another.
struct TestChunk {
    let id: ChunkID
    let payload: Payload

    init(_ number: Int, byteCount: Int = 64) {
        var stream = RandomSource(seed: 99, who: UInt64(number), purpose: UInt64(byteCount))
        payload = Payload(bytes: stream.bytes(byteCount), byteCount: byteCount)
        id = ChunkID(SHA256.hash(payload.bytes))
    }

    /// The same name over other bytes.
    var corrupt: Payload {
        var payload = payload
        payload.bytes[0] ^= 1
        return payload
    }
}

enum Peers {
    static let backend = PeerID(1)
    static let otherBackend = PeerID(2)
    static let user = PeerID(11)
    static let otherUser = PeerID(12)
    static let stranger = PeerID(99)

    static func discovery(_ number: Int) -> PeerID { PeerID(UInt64(100 + number)) }
    static func node(_ number: Int) -> PeerID { PeerID(UInt64(1000 + number)) }
}

enum Keys {
    static let backend = signingKey(1)
    static let stranger = signingKey(2)
    static let tag = SecretKey(copying: [UInt8](repeating: 3, count: 32))

    static func publicKey(of node: PeerID) -> PublicKey {
        PublicKey(bytes: SHA256.hash([UInt8(truncatingIfNeeded: node.raw)]))
    }

    private static func signingKey(_ byte: UInt8) -> SigningKey {
        do {
            return try SigningKey(seed: SecretKey(copying: [UInt8](repeating: byte, count: 32)))
        } catch {
            preconditionFailure("32 bytes make a key")
        }
    }
}

extension Registration {
    /// A node's introduction with what tests rarely care about filled in.
    static func of(
        _ node: PeerID, incarnation: UInt64 = 1, domain: UInt32 = 0,
        capacityBytes: UInt64 = 1_000_000, freeBytes: UInt64 = 1_000_000
    ) -> Registration {
        Registration(
            node: node, publicKey: Keys.publicKey(of: node), incarnation: incarnation,
            domain: domain, capacityBytes: capacityBytes, freeBytes: freeBytes)
    }
}

extension InclusionProof {
    /// The proof that a chunk is at an index of a file.
    static func of(_ index: Int, in chunks: [ChunkID]) -> InclusionProof {
        InclusionProof(of: index, in: chunks.map { MerkleTree.leafHash($0) })
    }
}

extension LedgerVerifier {
    /// The state of a whole chain, if nothing is wrong with it.
    static func verifyChain(
        encodedBlocks: some Sequence<[UInt8]>, writer: PublicKey?,
        signatures: SignaturePolicy = .every
    ) throws(LedgerError) -> LedgerState {
        var verifier = LedgerVerifier(writer: writer, signatures: signatures)
        for bytes in encodedBlocks { try verifier.check(encoded: bytes) }
        return try verifier.finish()
    }
}

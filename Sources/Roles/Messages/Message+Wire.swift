import Ledger
import Merkle
import Primitives

extension Message {
    /// Whether this answers a request; such a message is matched to its call.
    package var isAnswer: Bool {
        switch self {
        case .registered, .heartbeatAnswer, .peersAnswer, .stored, .retrieved, .copied, .deleted,
            .inventoryAnswer, .inventoryRefused, .audited, .leaveAnswer, .chunkPut, .fileCommitted,
            .fileAnswer,
            .chunkAnswer, .fileDeleted:
            true
        default: false
        }
    }

    /// What HTTP/1.1 adds to a body: request or status line and headers, bytes.
    package static let framingByteCount = 160

    /// Bytes of chunk data inside, as charged to links; zero for control messages.
    package var payloadByteCount: Int {
        switch self {
        case .store(let request): request.payload.byteCount
        case .putChunk(let request): request.payload.byteCount
        case .retrieved(.found(let payload)): payload.byteCount
        case .chunkAnswer(.found(let payload)): payload.byteCount
        default: 0
        }
    }

    /// Bytes on the wire without chunk data: framing and body, ids and hashes in hexadecimal.
    package var controlByteCount: Int {
        Self.framingByteCount + bodyByteCount
    }

    private var bodyByteCount: Int {
        switch self {
        case .heartbeat: 48
        case .heartbeatAnswer: 16
        case .register: 160
        case .registered, .unregister, .leave, .leaveAnswer: 24
        case .peers: 48
        case .peersAnswer(let answer): 48 + 120 * answer.reports.count
        case .store, .putChunk: 96
        case .stored, .copied: 96
        case .deleted, .chunkPut, .fileDeleted, .inventoryRefused: 24
        case .retrieve(let request): request.capability == nil ? 64 : 256
        case .retrieved, .chunkAnswer: 24
        case .copy: 352
        case .delete: 96
        case .inventory(let question): question.encodedByteCount
        case .inventoryAnswer(let answer): answer.encodedByteCount
        case .damaged: 80
        case .audit: 160
        case .audited: 96
        case .commitFile(let request):
            48 + 66 * request.chunks.count + request.sealedManifest.count + request.wrappedKey.count
        case .fileCommitted: 32
        case .getFile: 48
        case .fileAnswer(.found(let record)):
            160 + record.sealedManifest.count + record.wrappedKey.count
        case .fileAnswer(.notFound): 24
        case .getChunk(let request): 112 + 66 * request.proof.path.count
        case .deleteFile(let request): 48 + 66 * request.chunks.count
        }
    }

    /// A word that stands for kind and content in the world's digest.
    package var fingerprint: UInt64 {
        switch self {
        case .register(let r): mix(1, r.node.raw, r.incarnation)
        case .registered(let lease): mix(2, UInt64(lease))
        case .heartbeat(let lease, let free): mix(3, UInt64(lease), free)
        case .heartbeatAnswer(let known): mix(4, known ? 1 : 0)
        case .unregister: mix(5)
        case .peers(let epoch, let since): mix(6, epoch, since)
        case .peersAnswer(let a): mix(7, a.epoch &* 31 &+ a.version, UInt64(a.reports.count))
        case .store(let r): mix(8, r.chunk.hash.prefix, stamp(r.stamp))
        case .stored(let chunk, let outcome): mix(9, chunk.hash.prefix, UInt64(outcome.rawValue))
        case .retrieve(let r): mix(10, r.chunk.hash.prefix)
        case .retrieved(.found(let p)): mix(11, 1, content(p))
        case .retrieved(.missing): mix(11, 2)
        case .retrieved(.refused): mix(11, 3)
        case .copy(let r): mix(12, r.chunk.hash.prefix, r.source.raw)
        case .copied(let chunk, let outcome): mix(13, chunk.hash.prefix, UInt64(outcome.rawValue))
        case .delete(let r): mix(14, r.chunk.hash.prefix, stamp(r.stamp))
        case .deleted(let outcome): mix(15, UInt64(outcome.rawValue))
        case .inventory(let q): mix(16, q.fingerprint)
        case .inventoryAnswer(let a): mix(17, a.fingerprint)
        case .inventoryRefused: mix(18)
        case .damaged(let chunk): mix(19, chunk.hash.prefix)
        case .leave: mix(20)
        case .leaveAnswer(let granted): mix(21, granted ? 1 : 0)
        case .putChunk(let r): mix(22, r.chunk.hash.prefix, content(r.payload))
        case .chunkPut(let outcome): mix(23, UInt64(outcome.rawValue))
        case .commitFile(let r): mix(24, r.file.low, UInt64(r.chunks.count))
        case .fileCommitted(.committed): mix(25, 1)
        case .fileCommitted(.unknownChunks(let indices)): mix(25, 2, UInt64(indices.count))
        case .fileCommitted(.conflict): mix(25, 3)
        case .fileCommitted(.implausible): mix(25, 4)
        case .getFile(let file): mix(26, file.low)
        case .fileAnswer(.found(let record)): mix(27, 1, record.root.prefix)
        case .fileAnswer(.notFound): mix(27, 2)
        case .getChunk(let r): mix(28, r.file.low, r.chunk.hash.prefix)
        case .chunkAnswer(.found(let p)): mix(29, 1, content(p))
        case .chunkAnswer(.unavailable): mix(29, 2)
        case .chunkAnswer(.notFound): mix(29, 3)
        case .audit(let r): mix(32, r.chunk.hash.prefix, r.nonce.prefix)
        case .audited(let chunk, .proven(let proof)): mix(33, chunk.hash.prefix, proof.prefix)
        case .audited(let chunk, .missing): mix(34, chunk.hash.prefix)
        case .audited(let chunk, .refused): mix(35, chunk.hash.prefix)
        case .deleteFile(let r): mix(30, r.file.low, UInt64(r.chunks.count))
        case .fileDeleted(let outcome): mix(31, UInt64(outcome.rawValue))
        }
    }

    private func stamp(_ instant: Instant) -> UInt64 { UInt64(bitPattern: instant.nanoseconds) }

    private func content(_ payload: Payload) -> UInt64 {
        var word: UInt64 = 0
        for byte in payload.bytes.suffix(8) { word = word << 8 | UInt64(byte) }
        return word &+ UInt64(truncatingIfNeeded: payload.byteCount) &* 0x9E37_79B9_7F4A_7C15
    }

    @inline(__always)
    private func mix(_ kind: UInt64, _ a: UInt64 = 0, _ b: UInt64 = 0) -> UInt64 {
        (kind &* 0x9E37_79B9_7F4A_7C15) ^ (a &* 0xC2B2_AE3D_27D4_EB4F) ^ (b << 17 | b >> 47)
    }
}

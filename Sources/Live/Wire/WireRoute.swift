import Cryptography
import Merkle
package import Primitives
package import Roles

/// The routes that servers ask each other for, and what is known of a request before its body is read.
package enum WireRoute: Sendable, Equatable {
    case register, heartbeat, unregister
    case peers(epoch: UInt64, since: UInt64)
    case store(ChunkID, stamp: Instant)
    case retrieve(ChunkID)
    case copy, delete, inventory, audit
    case damaged, leave

    /// The most bytes that the body may have.
    package var bodyLimit: Int {
        switch self {
        case .store: ProtocolSettings.chunkBytes.upperBound
        case .register, .heartbeat, .copy, .delete, .audit, .damaged: 4096
        case .inventory: 64 * 1024
        case .unregister, .peers, .retrieve, .leave: 0
        }
    }

    /// What the body's hash is, where the request names it.
    package var namedBodyHash: Hash256? {
        if case .store(let chunk, _) = self { chunk.hash } else { nil }
    }

    /// The message that the body makes of the request. `sender` is proven; `capability` is what the
    /// header of that name says. Throws `malformed` for what is no message.
    package func message(
        body: [UInt8], capability: SignedCapability?
    ) throws(WireError) -> Message {
        switch self {
        case .register:
            return .register(try WireJSON.read(NodeForm.self, from: body).registration)
        case .heartbeat:
            let form = try WireJSON.read(HeartbeatForm.self, from: body)
            return .heartbeat(lease: form.lease, freeBytes: form.freeBytes)
        case .unregister: return .unregister
        case .peers(let epoch, let since): return .peers(epoch: epoch, since: since)
        case .store(let chunk, let stamp):
            return .store(
                StoreRequest(
                    chunk: chunk, payload: Payload(bytes: body, byteCount: body.count),
                    stamp: stamp))
        case .retrieve(let chunk):
            return .retrieve(
                RetrieveRequest(chunk: chunk, capability: capability?.capability))
        case .copy: return try copyMessage(body)
        case .delete:
            let form = try WireJSON.read(ReplicaDeletionForm.self, from: body)
            return .delete(
                DeleteRequest(
                    chunk: form.chunk, stamp: Instant(nanoseconds: form.stamp),
                    expires: Instant(nanoseconds: form.expires)))
        case .inventory:
            do {
                return .inventory(try InventoryQuestion(decoding: body))
            } catch {
                throw .malformed("the body is not a question about an inventory")
            }
        case .audit:
            let form = try WireJSON.read(AuditForm.self, from: body)
            return .audit(AuditRequest(chunk: form.chunk, nonce: form.nonce))
        case .damaged:
            return .damaged(try WireJSON.read(DamagedForm.self, from: body).chunk)
        case .leave: return .leave
        }
    }

    private func copyMessage(_ body: [UInt8]) throws(WireError) -> Message {
        let form = try WireJSON.read(CopyForm.self, from: body)
        let signed = try Self.copyCapability(form)
        return .copy(
            CopyRequest(
                chunk: form.chunk, byteCount: form.byteCount, source: Member(form.source).id,
                stamp: Instant(nanoseconds: form.stamp), capability: signed.capability))
    }

    /// What a copy brings along for the node that is to make it: where the source is, and the
    /// capability to show there.
    package static func copyCompanions(
        _ body: [UInt8]
    ) throws(WireError) -> (source: Member, capability: SignedCapability) {
        let form = try WireJSON.read(CopyForm.self, from: body)
        guard Member.isPlausible(address: form.source.address) else {
            throw .malformed("source.address is not the base of a URL")
        }
        return (Member(form.source), try copyCapability(form))
    }

    private static func copyCapability(_ form: CopyForm) throws(WireError) -> SignedCapability {
        guard let signed = SignedCapability(hexadecimal: form.capability) else {
            throw .malformed("capability is not one")
        }
        return signed
    }
}

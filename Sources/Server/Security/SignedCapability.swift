package import Cryptography
import Primitives
package import Roles

/// A capability with its issuer's signature: what one node shows to another.
package struct SignedCapability: Sendable, Equatable {
    package let capability: Capability
    package let signature: Signature

    /// The header in which it is shown to a node.
    package static let header = "DecentraStore-Capability"

    private static let byteCount = 8 + 8 + 32 + 8 + Signature.count

    /// Signs a capability that `identity` issues.
    package init(_ capability: Capability, by identity: Identity) {
        self.capability = capability
        signature = identity.key.sign(Self.message(capability))
    }

    package func isValid(issuer key: PublicKey) -> Bool {
        PeerID(of: key) == capability.issuer
            && key.isValid(signature, for: Self.message(capability))
    }

    /// Issuer (8), bearer (8), chunk (32), expiry in nanoseconds since 1970 (8), signature (64), in
    /// hexadecimal.
    package var hexadecimal: String {
        var writer = ByteWriter(reserving: Self.byteCount)
        Self.write(capability, to: &writer)
        writer.write(fixed: signature.bytes)
        return Hexadecimal.encode(writer.bytes)
    }

    /// Nil for anything but what `hexadecimal` writes.
    package init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.decode(text), bytes.count == Self.byteCount else {
            return nil
        }
        var reader = ByteReader(bytes)
        guard let issuer = try? reader.read(UInt64.self),
            let bearer = try? reader.read(UInt64.self),
            let chunk = try? reader.readHash(), let expires = try? reader.readInstant(),
            let signature = Signature(bytes: bytes.suffix(Signature.count))
        else { return nil }
        capability = Capability(
            issuer: PeerID(issuer), bearer: PeerID(bearer), chunk: ChunkID(chunk),
            expires: expires)
        self.signature = signature
    }

    private static func message(_ capability: Capability) -> [UInt8] {
        var writer = ByteWriter(reserving: 96)
        writer.write("DecentraStore capability v1")
        write(capability, to: &writer)
        return writer.bytes
    }

    private static func write(_ capability: Capability, to writer: inout ByteWriter) {
        writer.write(capability.issuer.raw)
        writer.write(capability.bearer.raw)
        writer.write(capability.chunk.hash)
        writer.write(capability.expires.nanoseconds)
    }
}

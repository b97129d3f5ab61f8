package import Cryptography
package import Primitives
import Roles

/// Who a server is: an Ed25519 key, made at its first start and kept in its data folder.
package struct Identity: Sendable {
    package let key: SigningKey

    package var publicKey: PublicKey { key.publicKey }
    package var id: PeerID { PeerID(of: key.publicKey) }
}

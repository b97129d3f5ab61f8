package import Cryptography
import Foundation
import GRDB
package import Primitives

/// A member of the network as a backend remembers it.
package struct StoredPeer: Sendable, Equatable {
    package var id: PeerID
    package var publicKey: PublicKey
    package var role: String
    package var address: String
    /// The proof that the key was admitted to the network.
    package var proof: Hash256

    package init(
        id: PeerID, publicKey: PublicKey, role: String, address: String, proof: Hash256
    ) {
        self.id = id
        self.publicKey = publicKey
        self.role = role
        self.address = address
        self.proof = proof
    }
}

/// The address book, which survives restarts.
extension BackendDatabase {
    /// All peers, by id.
    package func peers() async throws(BackendDatabaseError) -> [StoredPeer] {
        let path = path
        return try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM peers").map { row in
                guard let key = Hash256(bytes: row["publicKey"] as Data),
                    let proof = Hash256(bytes: row["proof"] as Data)
                else { throw BackendDatabaseError.malformedRow(path: path, table: "peers") }
                return StoredPeer(
                    id: PeerID(column: row["id"]), publicKey: PublicKey(bytes: key),
                    role: row["role"], address: row["address"], proof: proof)
            }.sorted { $0.id < $1.id }
        }
    }

    /// Adds peers, or changes what is known of them, all or none.
    package func put(_ peers: [StoredPeer]) async throws(BackendDatabaseError) {
        try await update { database in
            for peer in peers {
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO peers (id, publicKey, role, address, proof)
                        VALUES (?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        peer.id.column, Data(peer.publicKey.bytes.bytes), peer.role, peer.address,
                        Data(peer.proof.bytes),
                    ])
            }
        }
    }
}

import Cryptography
import Foundation
import GRDB
import Primitives
package import Roles

/// The address book, which survives restarts.
extension BackendDatabase {
    /// All members that were put, by id; those of a role that this program does not know are left out.
    package func peers() async throws(BackendDatabaseError) -> [Contact] {
        let path = path
        return try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM peers").compactMap { row in
                guard let role = MemberRole(rawValue: row["role"]) else { return nil }
                guard let key = Hash256(bytes: row["publicKey"] as Data),
                    let proof = Hash256(bytes: row["proof"] as Data)
                else { throw BackendDatabaseError.malformedRow(path: path, table: "peers") }
                return Contact(
                    role: role, publicKey: PublicKey(bytes: key), proof: proof,
                    address: row["address"],
                    record: (row["record"] as String?).flatMap(AddressRecord.init(hexadecimal:)))
            }.sorted { $0.id < $1.id }
        }
    }

    /// Adds a member, or changes what is known of it.
    package func put(_ peer: Contact) async throws(BackendDatabaseError) {
        try await update { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO peers (id, publicKey, role, address, proof, record)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    peer.id.column, Data(peer.publicKey.bytes.bytes), peer.role.rawValue,
                    peer.address, Data(peer.proof.bytes), peer.record?.hexadecimal,
                ])
        }
    }
}

import Logging
import Roles
import ServiceLifecycle
import Storage

/// Keeps members in the database, so that a backend knows where its nodes are before any discovery
/// answers.
struct AddressBook: Service {
    let database: BackendDatabase
    let logger: Logger
    private let changes = AsyncStream.makeStream(
        of: Contact.self, bufferingPolicy: .bufferingNewest(65_536))

    /// Has a member written down soon.
    func keep(_ member: Contact) { changes.continuation.yield(member) }

    /// Those that were written down.
    func members() async throws -> [Contact] {
        try await database.peers().compactMap { peer in
            guard let role = MemberRole(rawValue: peer.role) else { return nil }
            return Contact(
                role: role, publicKey: peer.publicKey, proof: peer.proof, address: peer.address)
        }
    }

    func run() async throws {
        await withGracefulShutdownHandler {
            for await member in changes.stream {
                do {
                    try await database.put([
                        StoredPeer(
                            id: member.id, publicKey: member.publicKey, role: member.role.rawValue,
                            address: member.address, proof: member.proof)
                    ])
                } catch {
                    logger.warning("cannot keep an address", metadata: ["error": "\(error)"])
                }
            }
        } onGracefulShutdown: {
            changes.continuation.finish()
        }
    }
}

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

    func run() async throws {
        await withGracefulShutdownHandler {
            for await member in changes.stream {
                do {
                    try await database.put(member)
                } catch {
                    logger.warning("cannot keep an address", metadata: ["error": "\(error)"])
                }
            }
        } onGracefulShutdown: {
            changes.continuation.finish()
        }
    }
}

package import Primitives
package import Roles

/// Carries a role's requests to other participants.
package protocol Transport: Sendable {
    /// Sends a request. Returns what the receiver answered, or nil where it has nothing to say. Throws
    /// when it could not be reached or said something that is no answer.
    func send(_ request: Roles.Request, to peer: PeerID) async throws -> Answer?
}

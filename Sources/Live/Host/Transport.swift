package import Primitives
package import Roles

/// Carries a role's messages to other participants.
package protocol Transport: Sendable {
    /// Sends a message that is no answer. Returns what the receiver answered, or nil where it has
    /// nothing to say. Throws when it could not be reached or said something that is no answer.
    func send(_ message: Message, to peer: PeerID) async throws -> Message?
}

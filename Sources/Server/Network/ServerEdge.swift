package import Primitives
package import Roles
import Synchronization
import Wire

/// What messages need of a server of this process: its directory, its key, and the capabilities that
/// it was given.
package struct ServerEdge: Edge {
    let identity: Identity
    let directory: Directory
    let clock: Clock
    private let given = GivenCapabilities()
    package private(set) var sender: Contact?

    /// The same for reading what somebody sent.
    func reading(from sender: Contact) -> ServerEdge {
        var edge = self
        edge.sender = sender
        return edge
    }

    // MARK: JSON

    package func json(_ form: some Encodable) -> [UInt8] { WireJSON.bytes(form) }

    package func read<Form: Decodable>(
        _ type: Form.Type, _ json: [UInt8]
    ) throws(WireError) -> Form {
        try WireJSON.read(type, from: json)
    }

    package func refusalCode(_ body: [UInt8]) -> String? {
        try? WireJSON.read(ErrorForm.self, from: body).error.code
    }

    // MARK: Members

    package func contact(_ id: PeerID) -> Contact? { directory[id] }
    package var backends: [Contact] { directory.all(.backend) }

    package func learn(_ contacts: [Contact]) {
        for contact in contacts where contact.isReachable {
            directory.learn(contact, from: .another)
        }
    }

    // MARK: Capabilities

    package func sign(_ capability: Capability) -> String {
        SignedCapability(capability, by: identity).hexadecimal
    }

    package func signed(_ capability: Capability) -> String? { given[capability]?.hexadecimal }

    package func capability(shown text: String) throws(WireError) -> Capability {
        guard let signed = SignedCapability(hexadecimal: text),
            let issuer = directory[signed.capability.issuer], issuer.role == .backend,
            signed.isValid(issuer: issuer.publicKey)
        else {
            throw .forbidden(
                code: "bad-capability",
                "The capability is not signed by a backend that is known here.")
        }
        return signed.capability
    }

    package func keep(
        capability text: String, for source: Contact
    ) throws(WireError) -> Capability {
        guard let signed = SignedCapability(hexadecimal: text) else {
            throw .malformed("capability is not one")
        }
        guard directory.learn(source, from: .another) != .stranger else {
            throw .forbidden(code: "stranger", "The source has not this network's join token.")
        }
        given.keep(signed, at: clock.now)
        return signed.capability
    }
}

/// Capabilities that a node was given for copies under way, until it shows them; the oldest give way.
private final class GivenCapabilities: Sendable {
    private let kept = Mutex<[SignedCapability]>([])

    private static let limit = 256

    subscript(capability: Capability) -> SignedCapability? {
        kept.withLock { kept in kept.last { $0.capability == capability } }
    }

    func keep(_ capability: SignedCapability, at now: Instant) {
        kept.withLock { kept in
            kept.removeAll { $0.capability.expires <= now }
            if kept.count >= Self.limit { kept.removeFirst() }
            kept.append(capability)
        }
    }
}

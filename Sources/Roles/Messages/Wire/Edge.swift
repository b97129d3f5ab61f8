package import Primitives

/// What a message on the wire needs of the edge that carries it and no role knows: JSON, addresses,
/// and signatures.
package protocol Edge: Sendable {
    func json(_ form: some Encodable) -> [UInt8]
    /// Throws `malformed` with the key path where the bytes are not such a form.
    func read<Form: Decodable>(_ type: Form.Type, _ json: [UInt8]) throws(WireError) -> Form
    /// The code of a refusal's body; nil where it is none.
    func refusalCode(_ body: [UInt8]) -> String?

    /// Who sent the message that is being read.
    var sender: Contact? { get }
    /// Who and where a member is.
    func contact(_ id: PeerID) -> Contact?
    /// The backends that are known here.
    var backends: [Contact] { get }
    /// Takes note of members that a message tells of, as far as they prove to be some.
    func learn(_ contacts: [Contact])

    /// A capability that this server issues, signed.
    func sign(_ capability: Capability) -> String
    /// A capability that this server was given, as its issuer signed it.
    func signed(_ capability: Capability) -> String?
    /// Reads a capability that is shown to this server. Throws where its issuer is no backend that is
    /// known here, or did not sign it.
    func capability(shown text: String) throws(WireError) -> Capability
    /// Reads a capability that this server is to show to `source`, and keeps both.
    func keep(capability text: String, for source: Contact) throws(WireError) -> Capability
}

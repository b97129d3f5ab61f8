import Primitives
import Roles

@testable import Server

/// An edge that tells of these members, whatever they prove, and of no others.
struct TestEdge: Edge {
    let base: ServerEdge
    let contacts: [Contact]

    func contact(_ id: PeerID) -> Contact? { contacts.first { $0.id == id } }
    var backends: [Contact] { contacts.filter { $0.role == .backend } }

    func json(_ form: some Encodable) -> [UInt8] { base.json(form) }
    func read<Form: Decodable>(_ type: Form.Type, _ json: [UInt8]) throws(WireError) -> Form {
        try base.read(type, json)
    }
    func refusalCode(_ body: [UInt8]) -> String? { base.refusalCode(body) }
    var sender: Contact? { base.sender }
    func learn(_ contacts: [Contact]) { base.learn(contacts) }
    func sign(_ capability: Capability) -> String { base.sign(capability) }
    func signed(_ capability: Capability) -> String? { base.signed(capability) }
    func capability(shown text: String) throws(WireError) -> Capability {
        try base.capability(shown: text)
    }
    func keep(capability text: String, for source: Contact) throws(WireError) -> Capability {
        try base.keep(capability: text, for: source)
    }
}

package import Cryptography
package import Primitives

/// A node came, went, or was given up.
package struct MembershipRecord: Equatable, Sendable {
    /// What happened to a node.
    package enum Event: Equatable, Sendable {
        /// It joined, with the key that proves who it is, the failure domain that it stands in and
        /// the bytes that it offers.
        case joined(publicKey: PublicKey, domain: UInt32, capacityBytes: UInt64)
        /// It left in order, having handed its chunks over.
        case left
        /// It was silent for so long that its chunks count as lost.
        case declaredDead
        /// It came back after it had been declared dead.
        case returned
    }

    /// The node.
    package var node: PeerID
    /// What happened to it.
    package var event: Event

    package init(node: PeerID, event: Event) {
        self.node = node
        self.event = event
    }
}

// MARK: - Coding

extension MembershipRecord {
    func write(to writer: inout ByteWriter) {
        writer.write(node.raw)
        switch event {
        case .joined(let publicKey, let domain, let capacityBytes):
            writer.write(UInt8(0))
            writer.write(publicKey.bytes)
            writer.write(domain)
            writer.write(capacityBytes)
        case .left: writer.write(UInt8(1))
        case .declaredDead: writer.write(UInt8(2))
        case .returned: writer.write(UInt8(3))
        }
    }

    init(from reader: inout ByteReader) throws(ByteReaderError) {
        let node = PeerID(try reader.read(UInt64.self))
        let start = reader.offset
        let event: Event
        switch try reader.read(UInt8.self) {
        case 0:
            event = .joined(
                publicKey: PublicKey(bytes: try reader.readHash()),
                domain: try reader.read(UInt32.self), capacityBytes: try reader.read(UInt64.self))
        case 1: event = .left
        case 2: event = .declaredDead
        case 3: event = .returned
        default: throw .invalid(what: "a membership event", offset: start)
        }
        self.init(node: node, event: event)
    }
}

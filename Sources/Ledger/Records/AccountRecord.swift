package import Primitives

/// An account was made, changed or removed: sealed, so that its backend alone can read it.
package struct AccountRecord: Equatable, Sendable {
    /// Tells accounts apart without telling whose they are: a keyed hash.
    package var account: Hash256
    /// What the backend needs to know of it; empty once it is removed.
    package var sealed: [UInt8]

    package init(account: Hash256, sealed: [UInt8]) {
        self.account = account
        self.sealed = sealed
    }
}

// MARK: - Coding

extension AccountRecord {
    func write(to writer: inout ByteWriter) {
        writer.write(account)
        writer.write(prefixed: sealed)
    }

    init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init(account: try reader.readHash(), sealed: try reader.readPrefixed())
    }
}

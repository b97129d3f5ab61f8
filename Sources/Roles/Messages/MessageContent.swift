import Primitives

/// What every message has, whatever it says. Each stands in a file of its own with all that belongs
/// to it.
package protocol MessageContent: Sendable {
    static var kind: MessageKind { get }
    /// Bytes of the body on the wire without chunk data.
    var bodyByteCount: Int { get }
    /// Bytes of chunk data inside, as charged to links.
    var payloadByteCount: Int { get }
    /// Two words that stand for the content, so that messages that differ are told apart.
    var words: (UInt64, UInt64) { get }
}

extension MessageContent {
    package var payloadByteCount: Int { 0 }
    package var words: (UInt64, UInt64) { (0, 0) }

    @inline(__always)
    var fingerprint: UInt64 {
        let (a, b) = words
        return Self.kind.word ^ (a &* 0xC2B2_AE3D_27D4_EB4F) ^ (b << 17 | b >> 47)
    }
}

/// The name of a kind of message. It stands for the kind in the world's digest, so that digests
/// outlive the order of cases.
package struct MessageKind: Sendable {
    package let name: String
    let word: UInt64

    init(_ name: String) {
        self.name = name
        word = UInt64(namedBy: name)
    }
}

/// Takes something from a message, whatever its kind; specialized for each.
package protocol ContentVisitor {
    associatedtype Result
    func visit(_ content: some MessageContent) -> Result
}

/// Takes something from a request between servers, whatever its kind; specialized for each.
package protocol RequestVisitor {
    associatedtype Result
    func visit(_ request: some ServerRequest) -> Result
}

/// Nothing is answered.
extension Never: MessageContent {
    package static var kind: MessageKind { MessageKind("nothing") }
    package var bodyByteCount: Int { 0 }
}

package import Ledger
package import Primitives

/// Asks for the record of one's own file.
package struct GetFileRequest: Sendable, Equatable {
    package var file: FileID

    package init(file: FileID) { self.file = file }
}

/// The record of a file, or that there is none.
package enum GetFileAnswer: Sendable, Equatable {
    case found(FileRecord)
    /// No such file, or not the asker's: the answer is the same.
    case notFound
    /// The backend does not know it, but its ledger is not all there.
    case unavailable
}

extension GetFileRequest: MessageContent {
    package static let kind = MessageKind("get file")
    package var bodyByteCount: Int { 48 }
    package var words: (UInt64, UInt64) { (file.low, 0) }
}

extension GetFileAnswer: MessageContent {
    package static let kind = MessageKind("get file answer")
    package var bodyByteCount: Int {
        switch self {
        case .found(let record): 160 + record.sealedManifest.count + record.wrappedKey.count
        case .notFound, .unavailable: 24
        }
    }
    package var words: (UInt64, UInt64) {
        switch self {
        case .found(let record): (1, record.root.prefix)
        case .notFound: (2, 0)
        case .unavailable: (3, 0)
        }
    }
}

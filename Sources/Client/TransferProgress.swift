/// How far an upload or a download is.
package struct TransferProgress: Hashable, Sendable {
    /// The file's bytes that are where they are to go.
    package var bytes: UInt64
    /// Of these, what an earlier try had brought.
    package var resumedBytes: UInt64
    /// The file's bytes; nil where nobody knows yet.
    package var total: UInt64?
}

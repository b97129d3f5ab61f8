import Primitives

/// What a chunk store lies on, and what those who read from it beside the writer share with it.
package protocol Medium: Sendable {
    associatedtype Files: Volume
    /// Who is told what became of a request.
    associatedtype Caller: Sendable

    var files: Files { get set }

    /// Lends the table; nobody else has it meanwhile.
    mutating func withTable<Result: Sendable>(
        _ body: (inout ChunkTable<Files.File>) -> Result
    ) -> Result
}

extension Medium {
    /// How the store is.
    package mutating func status() -> ChunkStoreStatus { withTable { $0.status } }

    mutating func location(of chunk: ChunkID) -> RecordLocation? {
        withTable { $0.location(of: chunk) }
    }

    /// A segment's data file, which is opened if it is not. Nobody waits for that in vain.
    mutating func dataFile(
        of segment: UInt32, in folder: SegmentFolder
    ) throws(SystemError) -> Files.File {
        if let file = withTable({ $0.file(of: segment) }) {
            try files.requirePlace(of: file, for: .read)
            return file
        }
        let file = try files.open(folder.dataPath(segment), .existing)
        withTable { $0.keep(file, of: segment) }
        return file
    }
}

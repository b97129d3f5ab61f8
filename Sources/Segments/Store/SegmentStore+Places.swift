package import Primitives

/// A byte of a file.
package struct FilePlace: Equatable, Sendable {
    package var path: String
    package var offset: Int
}

/// Where on the disk a chunk is, for those who would damage it.
extension SegmentStore {
    /// The bytes of a chunk's payload; nil where it is not there, or nothing was read back yet.
    package mutating func payload(of chunk: ChunkID) -> (path: String, bytes: Range<Int>)? {
        guard let location = medium.location(of: chunk) else { return nil }
        let start = location.payloadOffset
        return (folder.dataPath(location.segment), start..<start + Int(location.length))
    }

    /// A byte of each check without which nothing on the disk tells of a chunk.
    package mutating func checks(of chunk: ChunkID) -> [FilePlace] {
        guard let location = medium.location(of: chunk) else { return [] }
        let number = location.segment
        var places = [
            FilePlace(
                path: folder.dataPath(number),
                offset: Int(location.offset) + ChunkFormat.checkOffset)
        ]
        if let index = try? folder.readIndex(of: number, on: &medium.files),
            let entry = IndexEntries.find(location.offset, in: index.entries)
        {
            places.append(
                FilePlace(
                    path: folder.indexPath(number),
                    offset: ChunkFormat.indexHeaderByteCount
                        + entry * ChunkFormat.recordHeaderByteCount + ChunkFormat.checkOffset))
        }
        return places
    }
}

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

    /// Takes a chunk away without a trace: returns the bytes that have to say `dead` for that, and takes
    /// care that no file will say anything else. Who reads it finds that it is damaged or gone.
    package mutating func lose(_ chunk: ChunkID) -> (places: [FilePlace], dead: UInt8) {
        guard let location = medium.location(of: chunk) else { return ([], ChunkFormat.dead) }
        let number = location.segment
        var places = [
            FilePlace(
                path: folder.dataPath(number),
                offset: Int(location.offset) + ChunkFormat.stateOffset)
        ]
        if let index = try? folder.readIndex(of: number, on: &medium.files),
            let entry = IndexEntries.find(location.offset, in: index.entries)
        {
            places.append(
                FilePlace(
                    path: folder.indexPath(number),
                    offset: ChunkFormat.indexHeaderByteCount
                        + entry * ChunkFormat.recordHeaderByteCount + ChunkFormat.stateOffset))
        }
        segments[number]?.markEntry([ChunkFormat.dead], at: location.offset)
        return (places, ChunkFormat.dead)
    }
}

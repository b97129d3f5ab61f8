import Primitives

extension ByteWriter {
    /// A proof's hashes behind their count in one byte: no tree is deeper than 64.
    mutating func write(path: [Hash256]) {
        write(UInt8(path.count))
        for hash in path { write(hash) }
    }
}

extension ByteReader {
    /// A size or an index that fits an `Int`.
    mutating func readSize() throws(ByteReaderError) -> Int {
        let start = offset
        guard let size = Int(exactly: try read(UInt64.self)) else {
            throw .invalid(what: "a size below 2^63", offset: start)
        }
        return size
    }

    /// A proof's hashes.
    mutating func readPath() throws(ByteReaderError) -> [Hash256] {
        let start = offset
        let count = try read(UInt8.self)
        guard count <= 64 else {
            throw .invalid(what: "a path of 64 hashes at most", offset: start)
        }
        var path: [Hash256] = []
        path.reserveCapacity(Int(count))
        for _ in 0..<count { path.append(try readHash()) }
        return path
    }
}

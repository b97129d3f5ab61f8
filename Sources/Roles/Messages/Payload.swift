/// A chunk's sealed bytes, and the size that disks and links are charged for them.
package struct Payload: Sendable, Equatable {
    package var bytes: [UInt8]
    /// Equals `bytes.count`, except in a simulation whose chunks are short stand-ins.
    package var byteCount: Int

    package init(bytes: [UInt8], byteCount: Int) {
        self.bytes = bytes
        self.byteCount = byteCount
    }

    /// Tells payloads apart by their size and last bytes: those of sealed chunks are random.
    var word: UInt64 {
        var word: UInt64 = 0
        for byte in bytes.suffix(8) { word = word << 8 | UInt64(byte) }
        return word &+ UInt64(truncatingIfNeeded: byteCount) &* 0x9E37_79B9_7F4A_7C15
    }
}

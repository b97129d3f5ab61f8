import Files
import Roles

/// How plaintext is recognised.
extension Oracles {
    /// What every plaintext chunk and file name of a run begins with: it must never be seen on a server.
    package static let canary = Array("dsim: plaintext.".utf8)

    /// By the last byte of a place where the canary might stand: how far the next such place is at least.
    private static let leaps: [UInt8] = {
        var leaps = [UInt8](repeating: UInt8(canary.count), count: 256)
        for (index, byte) in canary.dropLast().enumerated() {
            leaps[Int(byte)] = UInt8(canary.count - 1 - index)
        }
        return leaps
    }()

    /// Whether the canary is in these bytes, or in what was compressed to them.
    static func showsPlaintext(_ bytes: [UInt8]) -> Bool {
        holdsCanary(bytes)
            || Zstandard.content(ofFrameAt: bytes, limit: ProtocolSettings.chunkBytes.upperBound)
                .map(holdsCanary) ?? false
    }

    /// Whether the canary is in these bytes. Looks at one byte in sixteen where it is not (Horspool,
    /// "Practical fast searching in strings", 1980).
    static func holdsCanary(_ bytes: [UInt8]) -> Bool {
        let last = canary.count - 1
        guard bytes.count > last else { return false }
        return leaps.withUnsafeBufferPointer { leaps in
            canary.withUnsafeBufferPointer { canary in
                bytes.withUnsafeBufferPointer { bytes in
                    var end = last
                    while end < bytes.count {
                        let byte = bytes[end]
                        if byte == canary[last],
                            (0..<last).allSatisfy({ bytes[end - last + $0] == canary[$0] })
                        {
                            return true
                        }
                        end += Int(leaps[Int(byte)])
                    }
                    return false
                }
            }
        }
    }
}

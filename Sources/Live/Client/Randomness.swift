import Cryptography
import Files
import Primitives

/// Keys, salts and ids from the system's generator.
enum Randomness {
    static func key() -> SecretKey {
        SecretKey(count: 32) { buffer in
            var generator = SystemRandomNumberGenerator()
            for index in buffer.indices { buffer[index] = generator.next() }
        }
    }

    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in generator.next() }
    }

    static func fileID() -> FileID {
        var generator = SystemRandomNumberGenerator()
        return FileID(high: generator.next(), low: generator.next())
    }
}

extension MasterKey {
    /// A new one.
    static func random() throws(FilesError) -> MasterKey { try MasterKey(Randomness.key()) }
}

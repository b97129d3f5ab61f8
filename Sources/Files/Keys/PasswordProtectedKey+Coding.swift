import Cryptography
import Primitives

extension PasswordProtectedKey {
    private static let format: UInt8 = 1

    /// The canonical encoding: format (1), N (8), r (4), p (4), salt behind its length (4), verifier
    /// (32), wrapped master key.
    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.write(Self.format)
        writer.write(parameters.cost)
        writer.write(parameters.blockSize)
        writer.write(parameters.parallelization)
        writer.write(prefixed: salt)
        writer.write(verifier)
        writer.write(fixed: wrapped)
        return writer.bytes
    }

    /// Reads what `encoded` wrote. Throws `malformedKey` for anything else.
    package init(decoding bytes: [UInt8]) throws(FilesError) {
        var reader = ByteReader(bytes)
        // What the bytes say, before anyone asks whether it makes sense.
        let (format, cost, blockSize, parallelization, salt, verifier, wrapped, _) =
            try translating(
                (
                    try reader.read(UInt8.self), try reader.read(UInt64.self),
                    try reader.read(UInt32.self), try reader.read(UInt32.self),
                    try reader.readPrefixed(), try reader.readHash(),
                    try reader.readFixed(Self.wrappedCount), try reader.finish()
                )
            ) { FilesError.malformedKey(.encoding($0)) }
        guard format == Self.format else { throw .malformedKey(.version(format)) }
        let parameters = try translating(
            try ScryptParameters(cost: cost, blockSize: blockSize, parallelization: parallelization)
        ) { FilesError.malformedKey(.parameters($0)) }
        try self.init(parameters: parameters, salt: salt, verifier: verifier, wrapped: wrapped)
    }
}

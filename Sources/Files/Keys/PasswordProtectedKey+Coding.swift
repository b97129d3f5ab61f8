import Cryptography
import Primitives

extension PasswordProtectedKey {
    private static let format: UInt8 = 2
    private static let formerFormat: UInt8 = 1

    /// The canonical encoding: format (1), N (8), r (4), p (4), salt behind its length (4), verifier
    /// (32), wrapped master key. Format 1 has the hash of a former proof, 2 a public key.
    package var encoded: [UInt8] {
        var writer = ByteWriter()
        let (format, verifier) =
            switch verifier {
            case .publicKey(let key): (Self.format, key.bytes)
            case .formerProof(let hash): (Self.formerFormat, hash)
            }
        writer.write(format)
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
        let kind: Verifier =
            switch format {
            case Self.format: .publicKey(PublicKey(bytes: verifier))
            case Self.formerFormat: .formerProof(verifier)
            default: throw .malformedKey(.version(format))
            }
        let parameters = try translating(
            try ScryptParameters(cost: cost, blockSize: blockSize, parallelization: parallelization)
        ) { FilesError.malformedKey(.parameters($0)) }
        try self.init(parameters: parameters, salt: salt, verifier: kind, wrapped: wrapped)
    }
}

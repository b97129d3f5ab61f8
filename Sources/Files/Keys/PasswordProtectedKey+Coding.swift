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
        let fields: Fields
        do throws(ByteReaderError) {
            fields = try Fields(reading: &reader)
        } catch {
            throw .malformedKey(.encoding(error))
        }
        guard fields.format == Self.format else { throw .malformedKey(.version(fields.format)) }
        let parameters: ScryptParameters
        do throws(CryptographyError) {
            parameters = try ScryptParameters(
                cost: fields.cost, blockSize: fields.blockSize,
                parallelization: fields.parallelization)
        } catch {
            throw .malformedKey(.parameters(error))
        }
        try self.init(
            parameters: parameters, salt: fields.salt, verifier: fields.verifier,
            wrapped: fields.wrapped)
    }

    /// What the bytes say, before anyone asks whether it makes sense.
    private struct Fields {
        let format: UInt8
        let cost: UInt64
        let blockSize: UInt32
        let parallelization: UInt32
        let salt: [UInt8]
        let verifier: Hash256
        let wrapped: [UInt8]

        init(reading reader: inout ByteReader) throws(ByteReaderError) {
            format = try reader.read(UInt8.self)
            cost = try reader.read(UInt64.self)
            blockSize = try reader.read(UInt32.self)
            parallelization = try reader.read(UInt32.self)
            salt = try reader.readPrefixed()
            verifier = try reader.readHash()
            wrapped = try reader.readFixed(PasswordProtectedKey.wrappedCount)
            try reader.finish()
        }
    }
}

package import Cryptography
package import Files
import Primitives
import Wire

/// A user's name.
package struct AccountName: Sendable, Equatable {
    /// As the user wrote it.
    package let text: String
    /// In lower case: what makes a name unique.
    package let folded: String

    package static let maximumCount = 64

    /// Throws `badName` for anything but 1 to 64 of `[A-Za-z0-9._-]`.
    package init(_ text: String) throws(AccountError) {
        guard 1...Self.maximumCount ~= text.utf8.count, text.isAlphanumeric(besides: "._-") else {
            throw .badName
        }
        self.text = text
        folded = text.lowercased()
    }
}

/// How hard passwords must be to try, and how hard they may be.
package struct KeyRules: Sendable {
    /// For keys that this server makes, and what unknown users are told.
    package var standard: ScryptParameters
    /// The product N·r·p, which the time of a try grows with.
    package var work: ClosedRange<UInt64>
    /// The product N·r, which the memory of a try grows with, at 128 bytes each.
    package var memoryBlocks: ClosedRange<UInt64>

    /// The one length of salts. With several, a length would tell which users exist.
    package static let saltCount = 16

    /// The most is four times the time of the standard and its memory.
    package static let standard = KeyRules(
        standard: .standard, work: LogInParametersForm.leastWork...4_194_304,
        memoryBlocks: 65_536...1_048_576)

    /// Reads a key made by a client. Throws `badKey`.
    package func decode(_ encoded: [UInt8]) throws(AccountError) -> PasswordProtectedKey {
        let key = try translating(try PasswordProtectedKey(decoding: encoded)) {
            AccountError.badKey(.malformed($0))
        }
        guard key.salt.count == Self.saltCount else { throw .badKey(.saltLength(key.salt.count)) }
        let memory = key.parameters.cost * UInt64(key.parameters.blockSize)
        let work = memory * UInt64(key.parameters.parallelization)
        guard work >= self.work.lowerBound, memory >= memoryBlocks.lowerBound else {
            throw .badKey(.tooWeak)
        }
        guard work <= self.work.upperBound, memory <= memoryBlocks.upperBound else {
            throw .badKey(.tooCostly)
        }
        return key
    }
}

package import Cryptography
package import Files
import Foundation
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
        guard 1...Self.maximumCount ~= text.utf8.count, text.utf8.allSatisfy(Self.isAllowed) else {
            throw .badName
        }
        self.text = text
        folded = text.lowercased()
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// How passwords become the bytes that keys are derived from.
package enum PasswordRules {
    package static let allowedCounts = 8...1024

    /// The UTF-8 of the text in Unicode's normal form C, so that a letter with an accent is the same
    /// on every keyboard. Throws `badPassword` for too few or too many bytes.
    package static func bytes(_ text: String) throws(AccountError) -> [UInt8] {
        // Normalizing can grow a text threefold at most and shrink it little; this spares the work
        // for what is far too long.
        guard text.utf8.count <= allowedCounts.upperBound * 4 else { throw .badPassword }
        let bytes = Array(text.precomposedStringWithCanonicalMapping.utf8)
        guard allowedCounts ~= bytes.count else { throw .badPassword }
        return bytes
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
        let key: PasswordProtectedKey
        do throws(FilesError) {
            key = try PasswordProtectedKey(decoding: encoded)
        } catch {
            throw .badKey(.malformed(error))
        }
        guard key.salt.count == Self.saltCount else {
            throw .badKey(.saltLength(key.salt.count))
        }
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

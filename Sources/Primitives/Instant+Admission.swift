// A time that comes from elsewhere, be it a peer, a ledger or a disk, is admitted only within bounds
// that leave room for arithmetic.

extension Instant {
    /// The times that are taken from elsewhere: from the origin, 1970 where it is the Unix epoch, to the
    /// start of 2200. No difference of two of them and no sum with 60 years overflows.
    package static let admitted = origin...Instant(nanoseconds: 7_258_118_400_000_000_000)

    /// A time from elsewhere; nil outside `admitted`.
    package init?(admitting nanoseconds: Int64) {
        self.init(nanoseconds: nanoseconds)
        guard Self.admitted ~= self else { return nil }
    }

    /// The time that is admitted next to one which a disk of ours gives.
    package init(clamping nanoseconds: Int64) {
        self = min(
            max(Instant(nanoseconds: nanoseconds), Self.admitted.lowerBound),
            Self.admitted.upperBound)
    }
}

/// As nanoseconds. Only what is in `admitted` is read.
extension Instant: Codable {
    @usableFromInline package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let instant = Instant(admitting: try container.decode(Int64.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not a time from 1970 to 2200")
        }
        self = instant
    }

    @usableFromInline package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanoseconds)
    }
}

extension ByteReader {
    /// A time, as nanoseconds. Only what is in `Instant.admitted` is read.
    package mutating func readInstant() throws(ByteReaderError) -> Instant {
        let start = offset
        guard let instant = Instant(admitting: try read(Int64.self)) else {
            throw .invalid(what: "a time from 1970 to 2200", offset: start)
        }
        return instant
    }
}

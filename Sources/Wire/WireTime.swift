import Foundation
package import Primitives

/// Times as they travel: RFC 3339 in UTC with milliseconds, such as "2031-05-04T03:02:01.000Z".
package enum WireTime {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// The text for a time since 1970; less than a millisecond is dropped.
    package static func text(_ time: Instant) -> String {
        let (whole, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let milliseconds = Double(rest < 0 ? whole - 1 : whole)
        // Its middle: the style cuts, and a binary fraction may lie just before a millisecond.
        return style.format(Date(timeIntervalSince1970: (milliseconds + 0.5) / 1_000))
    }
}

package import Primitives

/// Round trips measured between real regions.
///
/// Source: IBM Cloud documentation, network latency, averages over 27 July to 25 August 2024;
/// within one zone 0.09 ms, between zones of a region about 2 ms.
package enum RegionLatency {
    package static let names = [
        "dallas", "toronto", "washington", "frankfurt", "london", "madrid", "osaka", "sydney",
        "tokyo", "sao-paulo",
    ]

    private static let withinZoneMilliseconds = 0.09
    private static let betweenZonesMilliseconds = 2.0

    /// From row to column, milliseconds.
    private static let roundTripMilliseconds: [[Double]] = [
        [0.09, 34, 31, 123, 113, 119, 150, 186, 143, 146],
        [34, 0.09, 19, 93, 82, 108, 168, 215, 162, 129],
        [31, 19, 0.09, 91, 75, 87, 172, 214, 164, 118],
        [123, 93, 91, 0.09, 13, 29, 232, 250, 233, 198],
        [113, 83, 75, 13, 0.09, 27, 244, 261, 243, 188],
        [122, 106, 88, 29, 27, 0.09, 257, 275, 258, 209],
        [150, 169, 172, 231, 243, 257, 0.09, 122, 9, 293],
        [186, 214, 214, 249, 261, 275, 122, 0.09, 115, 328],
        [143, 162, 166, 233, 244, 256, 9, 115, 0.09, 284],
        [144, 128, 119, 196, 187, 208, 291, 328, 283, 0.09],
    ]

    /// One way between two regions, by name; half the round trip.
    package static func oneWay(from: String, to: String) -> Duration? {
        guard let row = names.firstIndex(of: from), let column = names.firstIndex(of: to) else {
            return nil
        }
        return Duration(seconds: roundTripMilliseconds[row][column] / 2_000)
    }

    /// One way within a region: in one failure domain, or between two.
    package static func oneWay(withinZone: Bool) -> Duration {
        Duration(seconds: (withinZone ? withinZoneMilliseconds : betweenZonesMilliseconds) / 2_000)
    }
}

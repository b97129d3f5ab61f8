package import Primitives
import Simulation

/// What a search for crash points found.
package struct CrashPointsReport: Sendable {
    /// An oracle that was violated after the power had failed.
    package struct Finding: Equatable, Sendable {
        package var point: CrashPoints.Point
        /// When the event began.
        package var at: Instant
        package var draw: Int
        package var oracle: String
        package var example: String
    }

    let search: CrashPoints
    /// All that there are.
    package let points: [CrashPoints.Point]
    /// Of those, to be tried.
    package var chosen = 0
    package var tried = 0
    package var findings: [Finding] = []
    package var wallSeconds = 0.0

    package var isFine: Bool { findings.isEmpty }

    /// Findings that are shown at most.
    private static let most = 10

    /// A line of how far it is.
    package var line: String {
        "\(search.scenario.name): \(search.owner), \(Format.count(tried)) of \(Format.count(chosen)) points, "
            + "\(Format.plural(findings.count, "violation"))"
    }

    /// The report in words.
    package var text: String {
        let scenario = search.scenario
        let which =
            tried == points.count
            ? "all" : "\(Format.count(tried)) of \(Format.count(points.count)), drawn"
        var lines = [
            "\(scenario.name), seed \(scenario.configuration.seed): \(search.owner) changed or synced "
                + "its disk \(Format.count(points.count)) times in "
                + "\(Format.duration(scenario.configuration.duration)); took \(Format.seconds(wallSeconds))",
            "",
            "  tried       \(which): the power failed there, "
                + "\(Format.plural(search.draws, "draw")) of what lasted, and "
                + "\(Format.duration(search.goingOn)) went by",
            "  violations  \(Format.count(findings.count))",
        ]
        for finding in findings.prefix(Self.most) {
            lines.append(
                "    \(finding.oracle): power failed at \(Format.number(finding.at.seconds)) s, "
                    + "before change \(finding.point.change), draw \(finding.draw): "
                    + finding.example)
        }
        if findings.count > Self.most {
            lines.append("    and \(Format.count(findings.count - Self.most)) more")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

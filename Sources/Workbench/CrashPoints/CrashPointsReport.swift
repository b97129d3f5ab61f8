package import Primitives
package import Simulation

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

    package let name: String
    package let seed: UInt64
    package let owner: DiskOwner
    let draws: Int
    let goingOn: Duration
    let duration: Duration
    /// All that there are.
    package let points: [CrashPoints.Point]
    /// Of those, to be tried.
    package var chosen = 0
    package var tried = 0
    package var findings: [Finding] = []
    package var wallSeconds = 0.0

    init(_ search: CrashPoints, points: [CrashPoints.Point]) {
        name = search.scenario.name
        seed = search.scenario.configuration.seed
        owner = search.owner
        draws = search.draws
        goingOn = search.goingOn
        duration = search.scenario.configuration.duration
        self.points = points
    }

    package var isFine: Bool { findings.isEmpty }

    /// Findings that are shown at most.
    private static let most = 10

    /// A line of how far it is.
    package var line: String {
        "\(name): \(owner), \(Format.count(tried)) of \(Format.count(chosen)) points, "
            + "\(Format.plural(findings.count, "violation"))"
    }

    /// The report in words.
    package var text: String {
        let which =
            tried == points.count
            ? "all" : "\(Format.count(tried)) of \(Format.count(points.count)), drawn"
        var lines = [
            "\(name), seed \(seed): \(owner) changed or synced its disk "
                + "\(Format.count(points.count)) times in \(Format.duration(duration)); "
                + "took \(Format.seconds(wallSeconds))",
            "",
            "  tried       \(which): the power failed there, "
                + "\(Format.plural(draws, "draw")) of what lasted, and \(Format.duration(goingOn)) "
                + "went by",
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

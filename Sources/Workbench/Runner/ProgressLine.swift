import Observation
import Primitives

/// A run's progress in one line.
package enum ProgressLine {
    package static func text(_ progress: RunProgress, name: String) -> String {
        let percent = Int(progress.share * 100)
        let left = progress.secondsLeft.map { ", \(Format.seconds($0)) left" } ?? ""
        return "\(name) \(percent) %: \(Format.seconds(progress.now.seconds)) of "
            + "\(Format.seconds(progress.end.seconds)), "
            + "\(Format.compact(progress.eventsPerSecond)) events/s, "
            + "\(Format.count(progress.latest["nodesUp"])) nodes up, "
            + "\(Format.count(progress.latest["chunksBelowTarget"])) chunks below target\(left)"
    }

    /// The line cut to a width, in which every character takes one column.
    package static func fit(_ line: String, width: Int) -> String {
        guard line.count > width else { return line }
        return width > 0 ? line.prefix(width - 1) + "…" : ""
    }
}

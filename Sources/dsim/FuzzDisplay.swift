import Synchronization
import Workbench

/// Shows how far a fuzzer is, and keeps what it has found on disk while it goes on.
final class FuzzDisplay: Sendable {
    private struct State {
        var line: ProgressDisplay
        /// Groups whose scenarios are written.
        var groups: Int
        var writtenAt: Double
    }

    private let folder: FoundFolder
    private let isQuiet: Bool
    private let state: Mutex<State>

    /// Wall seconds between two states on disk, where nothing new is found.
    private static let interval = 5.0

    init(_ report: FuzzReport, _ folder: FoundFolder, isQuiet: Bool) {
        self.folder = folder
        self.isQuiet = isQuiet
        state = Mutex(
            State(
                line: ProgressDisplay(), groups: report.groups.count,
                writtenAt: report.wallSeconds))
    }

    func show(_ report: FuzzReport) throws {
        try state.withLock { state in
            if !isQuiet { state.line.show(report.line, wallSeconds: report.wallSeconds) }
            guard
                report.groups.count > state.groups
                    || report.wallSeconds - state.writtenAt > Self.interval
            else { return }
            try folder.write(report, groupsFrom: state.groups)
            state.groups = report.groups.count
            state.writtenAt = report.wallSeconds
        }
    }

    func clear() { state.withLock { $0.line.clear() } }
}

import Workbench

/// Shows how far a run is: one line drawn over and over on a terminal, else a plain line now and
/// then.
struct ProgressDisplay {
    private let terminal = Terminal.standardError
    /// Wall seconds between two lines.
    private let interval: Double
    private var shownAt = 0.0
    private var isLineOpen = false

    /// `interval` is that of a line that is drawn over and over.
    init(interval: Double = 0.2) { self.interval = terminal.isInteractive ? interval : 10 }

    /// Shows a line, unless one was shown just now or nothing has lasted yet: it would only flicker.
    mutating func show(_ line: @autoclosure () -> String, wallSeconds: Double) {
        guard wallSeconds - shownAt >= interval else { return }
        shownAt = wallSeconds
        let line = line()
        if terminal.isInteractive {
            // The last column stays free: some terminals wrap as soon as it is written.
            Output.error("\r\u{1B}[2K" + ProgressLine.fit(line, width: terminal.width - 1))
            isLineOpen = true
        } else {
            Output.error(line + "\n")
        }
    }

    /// Takes the line away, so that what follows starts on an empty one.
    mutating func clear() {
        guard isLineOpen else { return }
        Output.error("\r\u{1B}[2K")
        isLineOpen = false
    }
}

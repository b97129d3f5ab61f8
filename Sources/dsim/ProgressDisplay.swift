import Workbench

/// Shows how far a run is: one line drawn over and over on a terminal, else a plain line now and
/// then.
struct ProgressDisplay {
    private let terminal: Terminal
    private let name: String
    private var shownAt = 0.0
    private var isLineOpen = false

    /// Wall seconds between two lines.
    private var interval: Double { terminal.isInteractive ? 0.2 : 10 }

    init(name: String, terminal: Terminal = .standardError) {
        self.name = name
        self.terminal = terminal
    }

    mutating func show(_ progress: RunProgress) {
        let name = name
        show(ProgressLine.text(progress, name: name), wallSeconds: progress.wallSeconds)
    }

    /// Shows a line, unless one was shown just now.
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

import Client
import Foundation
import Synchronization
import Workbench

/// Shows how far a transfer is: a bar that is drawn over and over on a terminal, else a plain line now
/// and then.
final class TransferDisplay: Sendable {
    private struct State {
        let started = ContinuousClock.now
        var shownAt: ContinuousClock.Instant?
        var isLineOpen = false
    }

    private let name: String
    private let isQuiet: Bool
    private let terminal: Terminal
    private let state = Mutex(State())

    init(name: String, isQuiet: Bool, terminal: Terminal = .standardError) {
        self.name = Printable.text(name)
        self.isQuiet = isQuiet
        self.terminal = terminal
    }

    func show(_ progress: TransferProgress) {
        guard !isQuiet else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            // The first line of a transfer that ends at once would only flicker.
            guard now - (state.shownAt ?? state.started) >= interval else { return }
            state.shownAt = now
            let parts = (now - state.started).components
            let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
            let line = TransferLine.text(progress, name: name, seconds: seconds)
            if terminal.isInteractive {
                Output.error("\r\u{1B}[2K" + ProgressLine.fit(line, width: terminal.width - 1))
                state.isLineOpen = true
            } else {
                Output.error(line + "\n")
            }
        }
    }

    /// Takes the line away, so that what follows starts on an empty one.
    func clear() {
        state.withLock { state in
            guard state.isLineOpen else { return }
            Output.error("\r\u{1B}[2K")
            state.isLineOpen = false
        }
    }

    private var interval: Swift.Duration {
        terminal.isInteractive ? .milliseconds(100) : .seconds(10)
    }
}

/// A transfer's progress in one line.
enum TransferLine {
    private static let barCount = 20

    static func text(_ progress: TransferProgress, name: String, seconds: Double) -> String {
        let moved = Double(progress.bytes - progress.resumedBytes)
        let rate = seconds > 0 ? moved / seconds : 0
        let speed = "\(Format.bytes(rate))/s"
        guard let total = progress.total, total > 0 else {
            return "\(name)  \(Format.bytes(progress.bytes)), \(speed)"
        }
        let share = min(1, Double(progress.bytes) / Double(total))
        let filled = Int(share * Double(barCount))
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: "-", count: barCount - filled)
        let left =
            rate > 0 && total > progress.bytes
            ? ", \(Format.seconds(Double(total - progress.bytes) / rate)) left" : ""
        return "\(name)  [\(bar)] \(Int(share * 100)) %  \(Format.bytes(progress.bytes)) of "
            + "\(Format.bytes(total)), \(speed)\(left)"
    }
}

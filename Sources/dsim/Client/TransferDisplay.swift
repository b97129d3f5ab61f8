import Client
import Synchronization
import Workbench

/// Shows how far a transfer is.
final class TransferDisplay: Sendable {
    private let name: String
    private let isQuiet: Bool
    private let started = ContinuousClock.now
    private let line = Mutex(ProgressDisplay(interval: 0.1))

    init(name: String, isQuiet: Bool) {
        self.name = Printable.text(name)
        self.isQuiet = isQuiet
    }

    func show(_ progress: TransferProgress) {
        guard !isQuiet else { return }
        let seconds = started.duration(to: .now) / .seconds(1)
        line.withLock {
            $0.show(TransferLine.text(progress, name: name, seconds: seconds), wallSeconds: seconds)
        }
    }

    /// Takes the line away, so that what follows starts on an empty one.
    func clear() { line.withLock { $0.clear() } }
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
            String(repeating: "#", count: filled) + String(repeating: "-", count: barCount - filled)
        let left =
            rate > 0 && total > progress.bytes
            ? ", \(Format.seconds(Double(total - progress.bytes) / rate)) left" : ""
        return "\(name)  [\(bar)] \(Int(share * 100)) %  \(Format.bytes(progress.bytes)) of "
            + "\(Format.bytes(total)), \(speed)\(left)"
    }
}

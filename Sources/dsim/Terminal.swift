import Foundation

/// What standard error is connected to.
struct Terminal {
    /// Whether a line can be drawn over.
    let isInteractive: Bool
    let hasColours: Bool

    static let standardError = Terminal(descriptor: STDERR_FILENO)
    static let standardOutput = Terminal(descriptor: STDOUT_FILENO)

    private let descriptor: CInt

    private init(descriptor: CInt) {
        self.descriptor = descriptor
        let environment = ProcessInfo.processInfo.environment
        let type = environment["TERM"] ?? ""
        isInteractive = isatty(descriptor) == 1 && !type.isEmpty && type != "dumb"
        hasColours = isInteractive && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Columns now; people resize windows.
    var width: Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}

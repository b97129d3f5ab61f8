import Foundation

/// What standard error is connected to.
struct Terminal {
    /// Whether a line can be drawn over.
    let isInteractive: Bool

    static let standardError = Terminal(descriptor: STDERR_FILENO)

    private let descriptor: CInt

    private init(descriptor: CInt) {
        self.descriptor = descriptor
        let type = ProcessInfo.processInfo.environment["TERM"] ?? ""
        isInteractive = isatty(descriptor) == 1 && !type.isEmpty && type != "dumb"
    }

    /// Columns now; people resize windows.
    var width: Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}

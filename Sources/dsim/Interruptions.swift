import Foundation
import Workbench

/// Turns Ctrl-C and SIGTERM into a request to stop; a second one ends the process at once.
final class Interruptions {
    private var sources: [any DispatchSourceSignal] = []

    convenience init(_ cancel: CancelFlag) {
        self.init { cancel.set() }
    }

    /// `stop` is called once, on a thread of the system's.
    init(stop: @escaping @Sendable () -> Void) {
        let flag = CancelFlag()
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if flag.isSet {
                    // A progress line may be open.
                    Output.error("\n")
                    _exit(ExitStatus.interrupted.rawValue)
                }
                flag.set()
                stop()
            }
            source.resume()
            sources.append(source)
        }
    }
}

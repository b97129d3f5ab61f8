import Foundation
import Workbench

/// Turns Ctrl-C and SIGTERM into a request to stop; a second one ends the process at once.
final class Interruptions {
    private var sources: [any DispatchSourceSignal] = []

    init(_ cancel: CancelFlag, whenSet: @escaping @Sendable () -> Void = {}) {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if cancel.isSet {
                    // A progress line may be open.
                    Output.error("\n")
                    _exit(ExitStatus.interrupted.rawValue)
                }
                cancel.set()
                whenSet()
            }
            source.resume()
            sources.append(source)
        }
    }
}

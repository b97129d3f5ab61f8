import Foundation
import Workbench

extension CancelFlag {
    /// Those of signals stay until the process ends. Each command makes them once, before all else.
    nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

    /// One that Ctrl-C or SIGTERM sets; a second one ends the process at once.
    static func whenInterrupted(_ whenSet: @escaping @Sendable () -> Void = {}) -> CancelFlag {
        let cancel = CancelFlag()
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
        return cancel
    }
}

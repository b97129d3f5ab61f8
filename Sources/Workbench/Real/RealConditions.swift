import Dispatch
import Glibc
import Platform
import Primitives
import Roles
import Server
import Simulation
import Storage

/// How servers on sockets and disks come into the conditions that a scenario declares: of their
/// processes, clocks and disks. Those of links are the environment's.
extension RealEnvironment {
    /// Has a server's clock be wrong and its process hang when the scenario says so.
    func afflict(_ instrumentation: inout Instrumentation, of run: ServerRun) {
        let actor = run.actor
        if conditions.contains(where: \.isOfClocks) {
            instrumentation.clock = { clock in
                clock.showing(
                    { _ in self.tell { $0.clock(of: actor) } },
                    taking: { duration in self.tell { $0.wait(duration, by: actor) } })
            }
        }
        if conditions.contains(.paused) {
            instrumentation.hangsFor = {
                let left = self.tell { environment in
                    environment.hangsUntil(actor).map { $0 - environment.now }
                }
                return left.map { self.clock.nanosecondsToWait($0) }
            }
        }
    }

    /// What a node reads and writes its data folder by: the disk that its chunks are on hangs, is full
    /// or refuses reads when the scenario says so.
    func files(of run: ServerRun, chunksIn folder: String) -> FileSystem {
        guard conditions.contains(where: \.isOfDisks) else { return FileSystem() }
        return FileSystem { operation, path in
            guard path.hasPrefix(folder) else { return nil }
            self.waitForDisk(of: run)
            if [.read, .write, .sync].contains(operation) { self.slowDown(run) }
            return self.tell { environment in
                switch operation {
                case .open where environment.isExhausted(run.actor): .fails(EMFILE)
                case .create where environment.isExhausted(run.actor): .fails(EMFILE)
                // What is open already serves on.
                case .read where !environment.isExhausted(run.actor):
                    environment.refusesRead(run.actor) ? .fails(EIO) : nil
                case .write, .create, .allocate:
                    environment.refusedWrite(run.actor) == .full ? .fails(ENOSPC) : nil
                case .open, .read, .sync, .punch, .truncate, .rename, .remove, .list, .inspect,
                    .lock,
                    .makeFolder:
                    nil
                }
            }
        }
    }

    /// A backend's disk, which tells what it did late where it hangs or is slow.
    func hanging(_ disk: any Disk, of run: ServerRun) -> any Disk {
        conditions.contains(where: \.isOfDisks)
            ? HangingDisk(real: disk) {
                self.waitForDisk(of: run)
                self.slowDown(run)
            } : disk
    }

    /// Holds up the thread for what a slow disk takes longer.
    private func slowDown(_ run: ServerRun) {
        let more = tell {
            $0.configuration.nodes.disk.latency.scaled(by: $0.diskFactor(of: run.actor) - 1)
        }
        if more > .zero { usleep(UInt32(clamping: clock.nanosecondsToWait(more) / 1_000)) }
    }

    /// Holds up the thread, as a disk that hangs does.
    private func waitForDisk(of run: ServerRun) {
        guard let until = tell({ $0.diskHangsUntil(run.actor) }) else { return }
        while clock.now < until, holds(run) { usleep(10_000) }
    }
}

private struct HangingDisk: Disk {
    let real: any Disk
    let wait: @Sendable () -> Void
    private let queue = DispatchQueue(label: "DecentraStore hanging disk")

    func perform(_ requests: [DiskRequest], complete: @escaping @Sendable (DiskEvent) -> Void) {
        real.perform(requests) { event in
            queue.async {
                wait()
                complete(event)
            }
        }
    }

    func close() async { await real.close() }
    func abandon() async { await real.abandon() }
}

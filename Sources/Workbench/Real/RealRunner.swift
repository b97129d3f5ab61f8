import Foundation
import Observation
import Platform
import Primitives
import Server
import Simulation
import Storage

/// Runs a scenario on real servers: on loopback sockets and real disks, in real time or a multiple of it.
package struct RealRunner: Sendable {
    package let scenario: Scenario
    /// Seconds of the scenario that pass in one.
    package let speed: Double
    package let cancel: CancelFlag
    /// Put around the disks of nodes by tests.
    var tamper: (@Sendable (any Disk) -> any Disk)?
    /// Where the folder with all disks is made.
    var parentFolder = FileManager.default.temporaryDirectory.path

    /// `scenario` as `Scenario.reality` returns it.
    package init(scenario: Scenario, speed: Double, cancel: CancelFlag = CancelFlag()) {
        self.scenario = scenario
        self.speed = speed
        self.cancel = cancel
    }

    /// What came of it.
    package struct Outcome: Sendable {
        package var result: RunResult
        package var timing: RunTiming
        package var reality: Reality
    }

    /// The longest wait between two looks at the cancel flag.
    private static let sliceNanoseconds: Int64 = 50_000_000

    /// Simulates the scenario, then runs it to the end, or until it is asked to stop, and leaves nothing
    /// behind. Throws when a server cannot run at all.
    package func run(
        observe: (RunProgress) -> Void = { _ in }
    ) async throws(ServerFailure) -> Outcome {
        var world = World(scenario.configuration)
        let (predicted, _) = Runner(scenario: scenario, cancel: cancel).run(&world)
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let meter = WireMeter()
        let clock = Clock(origin: .origin, speed: speed)
        let topology = scenario.configuration.topology
        let servers = topology.discoveries + topology.nodes + topology.backends
        let launch: Launch
        do { launch = try Launch(acting: clock, servers: servers, meter: meter) } catch {
            throw ServerFailure(description: "the HTTP client cannot run: \(error)")
        }
        let environment = RealEnvironment(scenario.configuration, clock: clock)
        let network = RealNetwork(
            scenario.configuration, environment: environment, launch: launch, folder: folder,
            tamper: tamper)
        var run = Run(environment: environment, network: network, meter: meter, cancel: cancel)
        do {
            try await network.prepare()
            try await run.pass(observe)
            let isComplete = try await run.end()
            await launch.close()
            return outcome(of: run, isComplete: isComplete, predicted.measurements)
        } catch {
            _ = await network.stop(inOrder: false)
            await launch.close()
            throw error as? ServerFailure
                ?? ServerFailure(description: "the audit cannot run: \(error)")
        }
    }

    private func outcome(of run: Run, isComplete: Bool, _ predicted: Measurements) -> Outcome {
        let (environment, worstDelay) = run.environment.final()
        let result = RunResult(
            scenario: scenario, isComplete: isComplete, stoppedAt: environment.now,
            measurements: environment.measurements(), samples: environment.observer.samples)
        let timing = RunTiming(
            wallSeconds: run.wallSeconds, events: environment.events,
            peakMemoryBytes: Runner.peakMemoryBytes())
        let reality = Reality(
            speed: speed, worstDelay: worstDelay, wireBytes: run.wireBytes,
            modelledWireBytes: environment.bytesBetweenServers, predicted: predicted)
        return Outcome(result: result, timing: timing, reality: reality)
    }

    private func makeFolder() throws(ServerFailure) -> String {
        let path = "\(parentFolder)/dsim-real-\(SystemRandom.word())"
        do { try FileSystem().makeFolder(path) } catch {
            throw ServerFailure(description: "cannot make a temporary folder: \(error.reason)")
        }
        return path
    }

    /// A run while it lasts.
    private struct Run {
        let environment: RealEnvironment
        let network: RealNetwork
        let meter: WireMeter
        let cancel: CancelFlag
        let started = DispatchTime.now().uptimeNanoseconds
        private(set) var wireBytes: UInt64 = 0
        var pace = Pace()

        var wallSeconds: Double { Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9 }

        /// Lets the scenario's time pass until it is over.
        mutating func pass(_ observe: (RunProgress) -> Void) async throws(ServerFailure) {
            var looked = (wall: 0.0, events: UInt64(0), now: Instant.origin)
            while !cancel.isSet {
                let (orders, next) = environment.pace()
                await network.carryOut(orders)
                if let failure = await network.failure { throw failure }
                let (now, end, events, hasSettled, latest) = environment.tell {
                    ($0.now, $0.end, $0.events, $0.hasSettled, $0.latest)
                }
                if !hasSettled { wireBytes = meter.bytes }
                let wall = wallSeconds
                if wall - looked.wall >= 0.05 {
                    pace.note(
                        wall: wall - looked.wall, events: events - looked.events,
                        simulated: (now - looked.now).seconds)
                    looked = (wall, events, now)
                    observe(pace.progress(at: now, of: end, wallSeconds: wall, latest: latest))
                }
                guard now < end else { return }
                let wait = environment.clock.nanosecondsToWait(
                    min(next, end) - environment.clock.now)
                await environment.alarm.wait(nanoseconds: min(wait, RealRunner.sliceNanoseconds))
            }
        }

        /// Stops everything and checks a last time. Returns whether the run was complete.
        func end() async throws -> Bool {
            guard environment.tell({ $0.isFinished }) else {
                _ = await network.stop(inOrder: false)
                return false
            }
            await network.inspectAtRest()
            environment.tell { $0.finish() }
            let stopped = await network.stop(inOrder: true)
            try await network.audit(stopped)
            return true
        }
    }
}

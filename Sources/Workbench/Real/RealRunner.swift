import Foundation
import Live
import Primitives
import Simulation
import Storage

/// Acts a scenario out: its servers on loopback sockets and real disks, in real time or a multiple
/// of it.
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
        package var conditions: Reality.Conditions
    }

    /// The longest wait between two looks at the cancel flag.
    private static let sliceNanoseconds: Int64 = 50_000_000

    /// Runs to the end, or until it is asked to stop, and leaves nothing behind. Throws when a server
    /// cannot run at all.
    package func run(
        observe: (RunProgress) -> Void = { _ in }
    ) async throws(RealRunError) -> Outcome {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let meter = WireMeter()
        let clock = Clock(origin: .origin, speed: speed)
        let topology = scenario.configuration.topology
        let servers = topology.discoveries + topology.nodes + topology.backends
        let launch: Launch
        do { launch = try Launch(acting: clock, servers: servers, meter: meter) } catch {
            throw .server("the HTTP client", "\(error)")
        }
        let shadow = Shadow(scenario.configuration, clock: clock)
        let network = RealNetwork(
            scenario.configuration, shadow: shadow, launch: launch, folder: folder,
            tamper: tamper)
        var act = Act(shadow: shadow, network: network, meter: meter, cancel: cancel)
        do {
            try await network.prepare()
            try await act.play(observe)
            let isComplete = try await act.end()
            await launch.shutDown()
            return outcome(of: act, isComplete: isComplete)
        } catch {
            _ = await network.stop(inOrder: false)
            await launch.shutDown()
            throw error as? RealRunError ?? .server("the audit", "\(error)")
        }
    }

    private func outcome(of act: Act, isComplete: Bool) -> Outcome {
        let (world, worstDelay) = act.shadow.final()
        let result = RunResult(
            scenario: scenario, isComplete: isComplete, stoppedAt: world.now,
            measurements: world.measurements(), samples: world.samples)
        let timing = RunTiming(
            wallSeconds: act.wallSeconds, events: world.events,
            peakMemoryBytes: Runner.peakMemoryBytes())
        let conditions = Reality.Conditions(
            speed: speed, worstDelay: worstDelay, wireBytes: act.wireBytes,
            modelledWireBytes: world.bytesBetweenServers)
        return Outcome(result: result, timing: timing, conditions: conditions)
    }

    private func makeFolder() throws(RealRunError) -> String {
        var template = Array((parentFolder + "/dsim-real-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .noFolder(String(cString: strerror(errno)))
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A run while it lasts.
    private struct Act {
        let shadow: Shadow
        let network: RealNetwork
        let meter: WireMeter
        let cancel: CancelFlag
        let started = DispatchTime.now().uptimeNanoseconds
        private(set) var wireBytes: UInt64 = 0
        private var pace = Pace()

        init(shadow: Shadow, network: RealNetwork, meter: WireMeter, cancel: CancelFlag) {
            self.shadow = shadow
            self.network = network
            self.meter = meter
            self.cancel = cancel
        }

        var wallSeconds: Double {
            Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
        }

        /// Lets the world's time pass until it is over.
        mutating func play(_ observe: (RunProgress) -> Void) async throws(RealRunError) {
            var looked = (wall: 0.0, events: UInt64(0), now: Instant.origin)
            while !cancel.isSet {
                let (orders, next) = shadow.pace()
                await network.carryOut(orders)
                if let failure = await network.failure { throw failure }
                let (now, end, events, hasSettled, latest) = shadow.tell {
                    ($0.now, $0.end, $0.events, $0.hasSettled, $0.latest)
                }
                if !hasSettled { wireBytes = meter.bytes }
                let wall = wallSeconds
                if wall - looked.wall >= 0.05 {
                    pace.note(
                        wall: wall - looked.wall, events: events - looked.events,
                        simulated: (now - looked.now).seconds)
                    looked = (wall, events, now)
                    observe(
                        RunProgress(
                            now: now, end: end, wallSeconds: wall,
                            eventsPerSecond: pace.eventsPerSecond,
                            secondsLeft: pace.secondsLeft(simulated: (end - now).seconds),
                            latest: latest))
                }
                guard now < end else { return }
                let wait = shadow.clock.nanosecondsToWait(min(next, end) - shadow.clock.now)
                await shadow.alarm.wait(nanoseconds: min(wait, RealRunner.sliceNanoseconds))
            }
        }

        /// Stops everything and checks a last time. Returns whether the run was complete.
        func end() async throws -> Bool {
            guard shadow.tell({ $0.isFinished }) else {
                _ = await network.stop(inOrder: false)
                return false
            }
            await network.inspect()
            shadow.tell { $0.finish() }
            let stopped = await network.stop(inOrder: true)
            try await network.audit(stopped)
            return true
        }
    }
}

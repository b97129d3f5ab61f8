import Observation
import Primitives
import Roles
import Server
import Simulation
import Storage

import class Foundation.FileManager

/// The servers of a scenario: each behind its real HTTP server on a loopback port, with a real disk in a
/// folder of its own.
actor RealNetwork {
    private enum Role {
        case discovery(Host<Discovery>)
        case node(Host<StorageNode>)
        case backend(Host<Backend>)
    }

    private struct Member {
        var run: ServerRun
        var role: Role
        var server: RunningServer
    }

    let configuration: WorldConfiguration
    let environment: RealEnvironment
    let launch: Launch
    let folder: String
    /// Put around the disks of nodes by tests, beneath what the environment is told of.
    private let tamper: (@Sendable (any Disk) -> any Disk)?
    private var ports = FreePorts()
    private var addresses: [UInt32: Int] = [:]
    private var discoveries: [String] = []
    private var members: [UInt32: Member] = [:]
    /// The last thing that is being done to each, so that all is done in order.
    private var chains: [UInt32: Task<Void, Never>] = [:]
    /// Backends whose ledger was lost for good: they get it back from nodes.
    var lostLedgers: Set<UInt32> = []
    private(set) var failure: ServerFailure?

    init(
        _ configuration: WorldConfiguration, environment: RealEnvironment, launch: Launch,
        folder: String, tamper: (@Sendable (any Disk) -> any Disk)?
    ) {
        self.configuration = configuration
        self.environment = environment
        self.launch = launch
        self.folder = folder
        self.tamper = tamper
    }

    /// Finds the discoveries' addresses, which all others must know.
    func prepare() throws {
        for actor in 0..<UInt32(configuration.topology.discoveries) {
            let address = "http://127.0.0.1:\(try port(of: actor))"
            discoveries.append(address)
            environment.tell { $0.observer.introduce(actor, as: PeerID(ofDiscoveryAt: address)) }
        }
    }

    private func port(of actor: UInt32) throws(ServerFailure) -> Int {
        if let port = addresses[actor] { return port }
        let port = try ports.next()
        addresses[actor] = port
        return port
    }

    // MARK: Orders

    func carryOut(_ orders: [ServerOrder]) {
        for order in orders {
            switch order {
            case .join: break
            case .start(let run): chain(run.actor) { try await $0.start(run) }
            case .crash(let actor): chain(actor) { await $0.cut(actor) }
            case .destroy(let actor):
                chain(actor) {
                    await $0.cut(actor)
                    $0.removeFiles(at: $0.path(of: actor))
                }
            case .leave(let actor): chain(actor) { $0.leave(actor) }
            case .deliver(let message, let call, let user, let backend):
                deliver(message, call, from: user, to: backend)
            case .inspect: Task { await inspect() }
            case .keep(let actor, let fault): chain(actor) { try $0.keep(actor, fault) }
            case .exchange(let actor, let fault):
                chain(actor) { try await $0.exchange(actor, fault) }
            case .unmount(let actor): chain(actor) { try await $0.unmount(actor) }
            case .mount(let actor): chain(actor) { try $0.mount(actor) }
            case .damage, .replace, .diskGoesOn:
                preconditionFailure("such a scenario is refused; see Scenario.reality")
            }
        }
    }

    private func chain(
        _ actor: UInt32, _ body: @escaping @Sendable (isolated RealNetwork) async throws -> Void
    ) {
        let before = chains[actor]
        chains[actor] = Task {
            await before?.value
            do { try await body(self) } catch { fail(actor, error) }
        }
    }

    private func deliver(
        _ request: Roles.Request, _ call: CallID, from user: UInt32, to backend: UInt32
    ) {
        guard case .backend(let host)? = members[backend]?.role else { return }
        Task {
            // Longer than any user waits.
            let answer = await host.receive(
                request, from: PeerID(UInt64(user)), timeout: .minutes(10))
            guard let answer else { return }
            environment.tell { $0.answer(answer, call, from: backend, to: user) }
        }
    }

    private func leave(_ actor: UInt32) {
        guard let member = members[actor], case .node(let host) = member.role else { return }
        Task { if await host.leave() { environment.tell { $0.hasLeft(member.run) } } }
    }

    // MARK: Starting and ending

    private func start(_ run: ServerRun) async throws {
        guard failure == nil, environment.tell({ $0.isCurrent(run) }) else { return }
        let actor = run.actor
        let settings = try settings(of: actor)
        var instrumentation = environment.instrumentation(of: run)
        switch kind(of: actor) {
        case .discovery:
            let server = try launch.discovery(settings, in: instrumentation)
            admit(.discovery(server.host), run, RunningServer(server.services))
        case .node:
            instrumentation.files = environment.files(of: run, chunksIn: disk(of: actor))
            if let tamper {
                let outer = instrumentation.disk
                instrumentation.disk = { outer(tamper($0)) }
            }
            let server = try launch.node(settings, in: instrumentation)
            environment.tell { $0.observer.introduce(actor, as: server.host.id) }
            admit(.node(server.host), run, RunningServer(server.services))
        case .backend:
            let outer = instrumentation.disk
            instrumentation.disk = { [environment] in outer(environment.hanging($0, of: run)) }
            var options = Launch.BackendOptions()
            options.recoversLedger = lostLedgers.contains(actor)
            let server = try await launch.backend(settings, options, in: instrumentation)
            environment.tell {
                $0.observer.introduce(actor, as: server.host.id)
                $0.observer.introduce(actor, asWriter: server.writer)
            }
            admit(.backend(server.host), run, RunningServer(server.services))
        case .user: preconditionFailure("users are the environment's own")
        }
    }

    func settings(of actor: UInt32) throws -> ServerSettings {
        var settings = ServerSettings()
        settings.port = try port(of: actor)
        settings.dataFolder = path(of: actor)
        settings.discoveries = discoveries
        settings.protocolSettings = configuration.settings
        settings.capacityBytes = UInt64(configuration.nodes.capacityBytes)
        settings.domain = environment.tell { $0.participants[Int(actor)].domain }
        return settings
    }

    func kind(of actor: UInt32) -> ParticipantKind {
        environment.tell { $0.participants[Int(actor)].kind }
    }

    private func admit(_ role: Role, _ run: ServerRun, _ server: RunningServer) {
        members[run.actor] = Member(run: run, role: role, server: server)
        Task {
            do {
                try await server.ended()
            } catch {
                // One that was cut is no member any more.
                if members[run.actor]?.run == run { fail(run.actor, error) }
            }
        }
    }

    private func fail(_ actor: UInt32, _ error: any Error) {
        guard failure == nil else { return }
        failure = ServerFailure(description: "server \(actor) cannot run: \(error)")
        environment.alarm.ring()
    }

    /// Ends a server as a dead machine does.
    private func cut(_ actor: UInt32) async {
        guard let member = members.removeValue(forKey: actor) else { return }
        switch member.role {
        case .discovery(let host): await host.abandon()
        case .node(let host): await host.abandon()
        case .backend(let host): await host.abandon()
        }
        await member.server.stop()
    }

    func path(of actor: UInt32) -> String { "\(folder)/\(actor)" }

    func removeFiles(at path: String) { try? FileManager.default.removeItem(atPath: path) }

    // MARK: Inspecting

    /// Shows every server to the observer, each between two of its inputs.
    func inspect() async {
        for member in members.values.sorted(by: { $0.run.actor < $1.run.actor }) {
            switch member.role {
            case .node(let host):
                await host.read { node in
                    let seen = copy node
                    environment.tell { $0.inspect(seen, member.run) }
                }
            case .backend(let host):
                let count = await host.read { $0.repairs.count }
                environment.tell { $0.queued(repairs: count, by: member.run) }
            case .discovery: break
            }
        }
    }

    // MARK: The end

    /// Shows every backend and discovery to the observer once all is over.
    func inspectAtRest() async {
        await inspect()
        for member in members.values.sorted(by: { $0.run.actor < $1.run.actor }) {
            switch member.role {
            case .node: break
            case .backend(let host):
                await host.read { backend in
                    let seen = copy backend
                    environment.tell { $0.inspectAtRest(seen, member.run.actor) }
                }
            case .discovery(let host):
                await host.read { discovery in
                    let seen = copy discovery
                    environment.tell { $0.inspectAtRest(seen, member.run.actor) }
                }
            }
        }
    }

    /// Stops all servers: in order, so that all that was written can be read back, or at once.
    /// Returns those that ran.
    func stop(inOrder: Bool) async -> [UInt32] {
        environment.release()
        for chain in chains.values { await chain.value }
        let last = members.values.sorted { $0.run.actor < $1.run.actor }
        if inOrder {
            for member in last {
                switch member.role {
                case .discovery(let host): await host.stop()
                case .node(let host): await host.stop()
                case .backend(let host): await host.stop()
                }
            }
        }
        await withTaskGroup { group in
            for member in last { group.addTask { await self.cut(member.run.actor) } }
        }
        return last.map(\.run.actor)
    }
}

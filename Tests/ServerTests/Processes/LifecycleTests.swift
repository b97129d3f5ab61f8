import Foundation
import Primitives
import Spawning
import Testing
import Wire

@testable import Server

/// Starting, stopping and running out of room, as an operator sees it.
@Suite(.serialized) struct LifecycleTests {
    /// Three nodes, one user, and a token.
    private func story(
        nodes: Int = 3, settings: [String] = [],
        _ body: (ProcessNetwork, String) async throws -> Void
    ) async throws {
        let network = try ProcessNetwork(nodes: nodes, settings: ProcessNetwork.quick + settings)
        try await network.start()
        try await network.register("ada")
        try await body(network, try await network.logIn("ada"))
    }

    private static let bytes = FileStore.bytes(1, 200_000)

    @Test func `what is under way is finished after a SIGTERM`() async throws {
        // A busy machine may take its time with what the upload waits for.
        let patient = ["--upload-expiry", "10m", "--orphan-grace", "20m"]
        try await story(settings: patient) { network, token in
            let dsim = network.dsim
            #expect(try await dsim.run("login", "--user", "ada").status == 0)
            let upload = try SlowUpload("slow", Self.bytes, to: network.backend, token: token)
            try upload.send(100_000)
            try await Self.waitUntilUnderWay(network)
            network.backend.send(SIGTERM)
            try await wait("nobody new is served") {
                (try? SlowUpload("late", [], to: network.backend, token: token)) == nil
            }
            try upload.sendRest()
            #expect(upload.status() == 201)
            #expect(await network.backend.exitStatus() == 0)
            for server in network.nodes + [network.discovery] {
                server.send(SIGTERM)
                #expect(await server.exitStatus() == 0, "\(server.name): \(server.messages)")
            }
            for server in network.all { try server.start() }
            try await network.waitUntilReady()
            // The key of an open session is in memory only, and those of sealed ones at the user's.
            let old = try await Web.send(
                "GET", network.backend.address + "/api/files", token: token)
            #expect(old.status == 401 && old.text.contains("session-locked"), "\(old)")
            #expect(try await dsim.run("ls").status == 0)
            let new = try await network.logIn("ada")
            let file = try #require(try await network.list(new)["slow"])
            let answer = try await network.get(file.id.description, new)
            #expect(Array(answer.body) == Self.bytes)
        }
    }

    /// A server that has not begun to serve a request need not finish it.
    private static func waitUntilUnderWay(_ network: ProcessNetwork) async throws {
        try await wait("chunks of the upload arrive") {
            for node in network.nodes where try await node.metric("dsim_node_chunks") > 0 {
                return true
            }
            return false
        }
    }

    @Test func `a second SIGTERM stops at once and leaves no half file`() async throws {
        // What is left over is all that there is.
        try await story(settings: ["--orphan-percent", "100"]) { network, token in
            let upload = try SlowUpload("slow", Self.bytes, to: network.backend, token: token)
            try upload.send(100_000)
            try await Self.waitUntilUnderWay(network)
            network.backend.send(SIGTERM)
            try await wait("nobody new is served") {
                (try? SlowUpload("late", [], to: network.backend, token: token)) == nil
            }
            network.backend.send(SIGTERM)
            #expect(await network.backend.exitStatus() == 130)
            #expect(upload.status() == nil)
            try network.backend.start()
            try await network.waitUntilReady()
            let new = try await network.logIn("ada")
            // One of the late ones, which were empty, may have come in time.
            #expect(try await network.list(new)["slow"] == nil)
            try await network.waitUntilNothingIsLeftOver(new)
        }
    }

    @Test func `servers find each other whatever their order`() async throws {
        let network = try ProcessNetwork(nodes: 3)
        try network.backend.start()
        try await wait("the backend answers") {
            let answer = try? await Web.get(network.backend.address + "/ready")
            return answer?.status == 503 && answer?.text.contains("waiting for nodes") == true
        }
        for node in network.nodes { try node.start() }
        // Who has no discovery serves all the same.
        for node in network.nodes {
            try await wait("\(node.name) is ready") { await node.isReady }
        }
        try network.discovery.start()
        try await network.waitUntilReady()
        try await network.register("ada")
        let token = try await network.logIn("ada")
        let put = try await network.put("file", Self.bytes, token)
        #expect(put.status == 201, "\(put.text)")

        // With the discovery away for good, a backend that starts anew still reads.
        await network.discovery.kill()
        await network.backend.kill()
        try network.backend.start()
        try await wait("the backend has its ledger") {
            let answer = try? await Web.get(network.backend.address + "/ready")
            return answer?.text.contains("too few nodes") == true
        }
        let new = try await network.logIn("ada")
        let id = try #require(try await network.list(new)["file"]?.id)
        #expect(Array(try await network.get(id.description, new).body) == Self.bytes)
    }

    /// Whether a small disk can be mounted: by root, and not in every container.
    private static let canMount: Bool = {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let isMounted = mount(folder, sizeMegabytes: 1)
        if isMounted { shell("umount '\(folder.path)'") }
        return isMounted
    }()

    private static func mount(_ folder: URL, sizeMegabytes: Int) -> Bool {
        shell("mount -t tmpfs -o size=\(sizeMegabytes)m none '\(folder.path)'")
    }

    @discardableResult
    private static func shell(_ command: String) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command + " 2>/dev/null"]
        guard (try? Spawning.start(process)) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test(.enabled("needs to mount a disk") { canMount })
    func `a full disk refuses and loses nothing`()
        async throws
    {
        let network = try ProcessNetwork(
            nodes: 1, settings: ProcessNetwork.quick + ["--replicas", "1"])
        let disk = network.warden.folder.appending(path: "node-0")
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        try #require(Self.mount(disk, sizeMegabytes: 12))
        try await network.start()
        try await network.register("ada")
        let token = try await network.logIn("ada")
        let ballast = disk.appending(path: "ballast")
        try Data(count: 6 << 20).write(to: ballast)
        let store = FileStore(network)
        var number = 0
        var refusal: Web.Answer?
        while refusal == nil, number < 20 {
            number += 1
            try await store.put(number, byteCount: 1 << 20, token)
            let answer = try await network.put("probe-\(number)", [1, 2, 3], token)
            if answer.status != 201 { refusal = answer }
        }
        #expect(refusal?.status == 507, "\(refusal?.text ?? "everything was accepted")")
        #expect(refusal?.text.contains("no-space") == true)
        #expect(try await network.nodes[0].metric("dsim_disk_full") == 1)
        try await wait("the node's log says so") {
            network.nodes[0].messages.contains("chunks are refused")
        }
        try await store.settle(token)
        await network.nodes[0].kill()
        try network.nodes[0].start()
        try await network.waitUntilReady()
        try await store.checkStored(token)
        try FileManager.default.removeItem(at: ballast)
        try await wait("there is room again") {
            try await network.put("after", Self.bytes, token).status == 201
        }
        try await store.checkStored(token)
    }
}

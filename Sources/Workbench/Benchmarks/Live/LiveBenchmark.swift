import Client
import Foundation
import Glibc
import Histogram
import Platform
import Primitives

/// Measures the store as its users meet it: files put and got over HTTP, sealed by the client, on a
/// network of separate processes on this machine's loopback, every replica on a disk of this machine.
package struct LiveBenchmark: Sendable {
    /// One row of the table.
    package struct Row: Sendable {
        package var work: String
        package var figure: Double
        package var unit: String
        package var reach: Double?
        package var isMoreBetter = true
        /// Processor seconds of all processes together, a gigabyte moved.
        package var processorSecondsPerGigabyte: Double?
        /// Of one file, milliseconds.
        package var p50: Double?
        package var p99: Double?

        static func memory(
            of server: String, in network: NetworkProcesses, _ work: String, reach: Double?
        ) -> Row {
            Row(
                work: work, figure: network.peakMemory(of: server) / 1e6, unit: "MB", reach: reach,
                isMoreBetter: false)
        }
    }

    /// How much of everything; the figures of the table are at 1.
    package var scale = 1.0
    package var nodes = 5
    /// The size of a file put once more for the backend's memory, gigabytes; zero: none.
    package var largeFileGigabytes = 0
    /// Chunks that one more node has on its disk when it starts; zero: there is none.
    package var nodeChunks = 0
    package let program: String

    package init(program: String) { self.program = program }

    /// Runs everything, and tells of each row as it is there.
    package func run(_ tell: (Row) -> Void) async throws -> [Row] {
        let network = try await NetworkProcesses(program: program, nodes: nodes)
        defer { network.stop() }
        guard let backend = BackendAddress(network.address) else { return [] }
        let client = try StoreClient(backend: backend)
        var rows: [Row] = []
        try await closing(client.close) {
            try await measure(client, network) { row in
                tell(row)
                rows.append(row)
            }
        }
        return rows
    }

    private struct Load {
        var name: String
        var count: Int
        var byteCount: Int
        var atOnce: Int
    }

    private func measure(
        _ client: StoreClient, _ network: NetworkProcesses, _ tell: (Row) -> Void
    ) async throws {
        guard let password = Password("a benchmark's password") else { return }
        try await client.register(user: "bench", password: password)
        let session = try await client.logIn(user: "bench", password: password)
        var client = client
        client.token = session.token
        let bench = Bench(client: client, session: session, network: network)
        // One file before, so that connections stand and nothing is new.
        _ = try await bench.put(Load(name: "warm", count: 4, byteCount: 4 << 20, atOnce: 2))
        try await measureLoads(bench, tell)
        tell(.memory(of: "backend", in: network, "memory of the backend, peak", reach: 200))
        tell(.memory(of: "node-1", in: network, "memory of a node, peak", reach: nil))
        if nodeChunks > 0 { try await FullNode(chunks: nodeChunks).measure(network, tell) }
    }

    private func measureLoads(_ bench: Bench, _ tell: (Row) -> Void) async throws {
        let loads: [(Load, up: Double, down: Double, isPerFile: Bool)] = [
            (scaled("one 100 MB file", 1, 100_000_000, 1), 200, 400, false),
            (scaled("8 clients, 10 MB files", 40, 10_000_000, 8), 200, 400, false),
            (scaled("files of 10 KB, 8 at once", 1_000, 10_000, 8), 500, 1_500, true),
        ]
        for (load, up, down, isPerFile) in loads {
            let (put, files) = try await bench.put(load)
            tell(put.row(load.name + ", up", load, isPerFile, reach: up))
            let got = try await bench.get(files, load)
            tell(got.row(load.name + ", down", load, isPerFile, reach: down))
        }
        if largeFileGigabytes > 0 {
            let load = Load(
                name: "one file of \(largeFileGigabytes) GB", count: 1,
                byteCount: largeFileGigabytes * 1_000_000_000, atOnce: 1)
            let (put, _) = try await bench.put(load)
            tell(put.row(load.name + ", up", load, false, reach: nil))
        }
    }

    private func scaled(_ name: String, _ count: Int, _ byteCount: Int, _ atOnce: Int) -> Load {
        count == 1
            ? Load(name: name, count: 1, byteCount: Int(Double(byteCount) * scale), atOnce: 1)
            : Load(
                name: name, count: max(1, Int(Double(count) * scale)), byteCount: byteCount,
                atOnce: atOnce)
    }

    /// What one load took.
    private struct Measure {
        var seconds: Double
        var processorSeconds: Double
        /// Of single files, microseconds.
        var latencies: Histogram<UInt32>

        func row(_ work: String, _ load: Load, _ isPerFile: Bool, reach: Double?) -> Row {
            let bytes = Double(load.count * load.byteCount)
            return Row(
                work: work, figure: (isPerFile ? Double(load.count) : bytes / 1e6) / seconds,
                unit: isPerFile ? "files/s" : "MB/s", reach: reach,
                processorSecondsPerGigabyte: processorSeconds / (bytes / 1e9),
                p50: Double(latencies.valueAtPercentile(50)) / 1e3,
                p99: Double(latencies.valueAtPercentile(99)) / 1e3)
        }
    }

    private struct Bench {
        let client: StoreClient
        let session: UserSession
        let network: NetworkProcesses

        func put(_ load: Load) async throws -> (Measure, [StoredFile]) {
            let folder = "\(network.folder)/\(SystemRandom.word())"
            try FileSystem().makeFolders(folder)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            for index in 0..<load.count {
                try Self.writeRandom(load.byteCount, to: "\(folder)/\(index)")
            }
            let uploads = (0..<load.count).map { index in
                Upload(
                    client: client, session: session, name: "\(SystemRandom.word())",
                    source: .file("\(folder)/\(index)"), folders: nil)
            }
            let measure = try await time(load) { _ = try await uploads[$0].run() }
            let files = StoredFiles(
                opening: try await client.sealedFiles(), with: session.masterKey
            ).files
            return (measure, Array(files.prefix(load.count)))
        }

        func get(_ files: [StoredFile], _ load: Load) async throws -> Measure {
            let sink = try FileSystem().open("/dev/null")
            let client = client
            return try await time(load) {
                _ = try await Download(
                    client: client, file: files[$0], target: .stream(sink.descriptor)
                ).run()
            }
        }

        private func time(
            _ load: Load, _ work: @escaping @Sendable (Int) async throws -> Void
        ) async throws -> Measure {
            let processor = network.processorSeconds + Self.ownProcessorSeconds
            let start = ContinuousClock.now
            let latencies = try await withThrowingTaskGroup(of: Double.self) { group in
                var histogram = Histogram<UInt32>(
                    highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)
                func note(_ seconds: Double) { histogram.record(UInt64(seconds * 1e6)) }
                for index in 0..<load.count {
                    if index >= load.atOnce, let seconds = try await group.next() { note(seconds) }
                    group.addTask {
                        let start = ContinuousClock.now
                        try await work(index)
                        return start.duration(to: .now) / .seconds(1)
                    }
                }
                for try await seconds in group { note(seconds) }
                return histogram
            }
            return Measure(
                seconds: start.duration(to: .now) / .seconds(1),
                processorSeconds: network.processorSeconds + Self.ownProcessorSeconds - processor,
                latencies: latencies)
        }

        private static var ownProcessorSeconds: Double {
            var time = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
        }

        /// Random enough that nothing compresses.
        private static func writeRandom(_ byteCount: Int, to path: String) throws {
            var random = RandomSource.system()
            let file = try FileSystem().open(path, .emptied)
            let step = 64 << 20
            for start in stride(from: 0, to: byteCount, by: step) {
                try file.append(random.bytes(min(step, byteCount - start)))
            }
        }
    }
}

extension LiveBenchmark {
    /// The rows as a Markdown table.
    package static func table(_ rows: [Row]) -> String {
        let cells = rows.map { row in
            let sign = row.isMoreBetter ? "≥" : "≤"
            let isReached = row.reach.map { row.isMoreBetter ? row.figure >= $0 : row.figure <= $0 }
            func text(_ value: Double?) -> String { value.map { Format.number($0) } ?? "" }
            return [
                row.work, "\(Format.number(row.figure)) \(row.unit)",
                row.reach.map { "\(sign) \(Format.number($0))" } ?? "",
                isReached.map { $0 ? "yes" : "no" } ?? "", text(row.processorSecondsPerGigabyte),
                text(row.p50), text(row.p99),
            ]
        }
        return MarkdownTable.text(
            ["work", "measured", "reach", "reached", "CPU s/GB", "p50 ms", "p99 ms"],
            right: [1, 2, 4, 5, 6], rows: cells)
    }
}

import Primitives
import Roles
import Simulation
import Storage

/// A kind of disk that the conformance suite is run over.
enum DiskKind: String, CaseIterable, Sendable {
    case memory, simulated, segments, real, faultless
}

/// A disk that can be restarted and killed.
struct TestedDisk {
    let kind: DiskKind
    private(set) var disk: any Disk
    private let folder: TemporaryFolder?
    private var memory: MemoryDisk?

    init(_ kind: DiskKind) throws {
        self.kind = kind
        switch kind {
        case .memory, .faultless:
            folder = nil
            let memory = MemoryDisk()
            self.memory = memory
            disk = kind == .memory ? memory : FaultyDisk(memory)
        case .simulated:
            folder = nil
            disk = SimulatedDisk()
        case .segments:
            folder = nil
            disk = SegmentsInSimulation()
        case .real:
            let folder = try TemporaryFolder()
            self.folder = folder
            disk = try ChunkStore(path: folder.path(of: "chunks"))
        }
    }

    /// Ends the disk in the middle of what it does, and opens what it left. In memory and in the
    /// simulation nothing outlives that but what was synced.
    mutating func kill() async throws {
        await disk.abandon()
        memory?.crash()
        if let simulated = disk as? SimulatedDisk { simulated.crash() }
        if let simulated = disk as? SegmentsInSimulation { simulated.crash(1) }
        if let folder { disk = try ChunkStore(path: folder.path(of: "chunks")) }
    }

    /// Closes the disk and opens what it left.
    mutating func restart() async throws {
        await disk.close()
        if let folder { disk = try ChunkStore(path: folder.path(of: "chunks")) }
    }
}

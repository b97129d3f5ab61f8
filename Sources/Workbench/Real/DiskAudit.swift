import Observation
import Primitives
import Roles
import Storage

/// Reads back everything that a disk holds.
enum DiskAudit {
    /// The chunks. Closes the disk.
    static func chunks(of disk: any Disk) async -> [DiskContents.Replica] {
        guard case .recoveredChunks(let found) = await ask(disk, .recoverChunks) else { return [] }
        var replicas: [DiskContents.Replica] = []
        for (token, stored) in found.enumerated() {
            let event = await ask(disk, .read(token: UInt64(token), stored.chunk))
            var payload: Payload?
            if case .read(_, .bytes(let bytes)) = event { payload = bytes }
            replicas.append(DiskContents.Replica(stored: stored, found: payload))
        }
        await disk.close()
        return replicas
    }

    /// The blocks of a ledger. Closes the disk.
    static func blocks(of disk: any Disk) async -> [[UInt8]] {
        let event = await ask(disk, .recoverLog)
        await disk.close()
        guard case .recoveredLog(let blocks) = event else { return [] }
        return blocks
    }

    private static func ask(_ disk: any Disk, _ request: DiskRequest) async -> DiskEvent {
        await withCheckedContinuation { continuation in
            disk.perform([request]) { continuation.resume(returning: $0) }
        }
    }
}

import Cryptography
import Primitives
import Roles
import Storage

/// Reads back everything that a disk holds.
enum DiskAudit {
    /// The chunks, and those whose bytes cannot be read or have not their name. Closes the disk.
    static func chunks(
        of disk: any Disk
    ) async -> (found: [StoredChunk], damaged: [ChunkID]) {
        var damaged: [ChunkID] = []
        guard case .recoveredChunks(let found) = await ask(disk, .recoverChunks) else {
            return ([], [])
        }
        for (token, stored) in found.enumerated() {
            let event = await ask(disk, .read(token: UInt64(token), stored.chunk))
            guard case .read(_, .bytes(let payload)) = event,
                SHA256.hash(payload.bytes) == stored.chunk.hash
            else {
                damaged.append(stored.chunk)
                continue
            }
        }
        await disk.close()
        return (found, damaged)
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

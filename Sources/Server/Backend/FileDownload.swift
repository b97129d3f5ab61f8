import Files
import Hummingbird
import NIOCore
import Primitives

/// Fetches, opens and writes a range of a file, several chunks ahead of the reader.
struct FileDownload: Sendable {
    let file: ReadableFile
    let range: Range<UInt64>
    let store: StoreService
    let user: PeerID
    let executor: LoopExecutor
    /// The body is written after the request was served, and its chunks are fetched under its id all
    /// the same.
    let request = RequestID.current

    /// Chunks fetched ahead.
    private static let windowSize = 8

    func body() -> ResponseBody {
        ResponseBody(contentLength: range.count) { writer in
            try await write(to: &writer)
            try await writer.finish(nil)
        }
    }

    private func write(to writer: inout any ResponseBodyWriter) async throws {
        var file = file
        let indices = file.manifest.chunks(covering: range)
        var tasks: [Task<[UInt8], any Error>] = []
        defer { for task in tasks { task.cancel() } }
        var next = indices.lowerBound
        for index in indices {
            while next < indices.upperBound, next - index < Self.windowSize {
                tasks.append(fetch(next, proof: &file))
                next += 1
            }
            let plaintext = try await tasks.removeFirst().value
            try await writer.write(slice(plaintext, ofChunk: index))
        }
    }

    private func fetch(_ index: Int, proof file: inout ReadableFile) -> Task<[UInt8], any Error> {
        let proof = file.proof(of: index)
        let fixed = file
        return Task(executorPreference: executor) {
            let sealed = try await RequestID.$current.withValue(request) {
                try await store.chunk(
                    fixed.manifest.chunks[index], of: fixed.id, proof: proof, for: user)
            }
            return try fixed.open(sealed, at: index)
        }
    }

    /// The part of a chunk that the range covers.
    private func slice(_ plaintext: [UInt8], ofChunk index: Int) -> ByteBuffer {
        let start = UInt64(index) * UInt64(file.manifest.chunkSize.count)
        let lower = Int(max(range.lowerBound, start) - start)
        let upper = Int(min(range.upperBound, start + UInt64(plaintext.count)) - start)
        return ByteBuffer(bytes: plaintext[lower..<upper])
    }
}

import CZstd
import Synchronization

/// Zstandard frames (RFC 8878) of single chunks.
package enum Zstandard {
    /// zstd's own default: about 500 MB/s a core, and little is gained above it.
    private static let level: Int32 = 3

    /// What a frame begins with (RFC 8878 §3.1.1).
    private static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    // Making a context costs more than compressing a small chunk. What a context did before does not
    // show in its output.
    private static let compressors = Pool(make: ZSTD_createCCtx, free: { ZSTD_freeCCtx($0) })
    private static let decompressors = Pool(make: ZSTD_createDCtx, free: { ZSTD_freeDCtx($0) })

    /// One frame that is shorter than `bytes`; nil where there is none.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > 1 else { return nil }
        let frame = [UInt8](unsafeUninitializedCapacity: bytes.count - 1) { output, written in
            let result = compressors.withContext { context in
                ZSTD_compressCCtx(
                    context, output.baseAddress, output.count, bytes, bytes.count, level)
            }
            // Most likely the output is too small, which is to say that nothing is saved.
            written = result.flatMap { ZSTD_isError($0) == 0 ? $0 : nil } ?? 0
        }
        return frame.isEmpty ? nil : frame
    }

    /// The content of a frame that bytes begin with, whatever follows it; nil where they begin with none
    /// that states a size up to `limit`.
    package static func content(ofFrameAt bytes: [UInt8], limit: Int) -> [UInt8]? {
        guard bytes.starts(with: magic) else { return nil }
        let length = bytes.withUnsafeBytes {
            ZSTD_findFrameCompressedSize($0.baseAddress, $0.count)
        }
        guard ZSTD_isError(length) == 0 else { return nil }
        return try? decompress(bytes[..<length], limit: limit)
    }

    /// The content of exactly one frame, which must state its size. Throws `tooLong` for a size above
    /// `limit`, before any memory is taken for it, and `malformedFrame` for anything else.
    static func decompress(_ frame: ArraySlice<UInt8>, limit: Int) throws(ChunkDefect) -> [UInt8] {
        let (size, length) = frame.withUnsafeBytes {
            (
                ZSTD_getFrameContentSize($0.baseAddress, $0.count),
                ZSTD_findFrameCompressedSize($0.baseAddress, $0.count)
            )
        }
        // The two highest values stand for "unknown" and "not a frame". A skippable frame is passed for
        // one without content.
        guard size < UInt64.max - 1, ZSTD_isError(length) == 0, length == frame.count,
            frame.starts(with: magic)
        else { throw .malformedFrame }
        guard size <= UInt64(limit) else { throw .tooLong }
        var succeeded = false
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(size)) { output, written in
            let result = decompressors.withContext { context in
                frame.withUnsafeBytes {
                    ZSTD_decompressDCtx(
                        context, output.baseAddress, Int(size), $0.baseAddress, $0.count)
                }
            }
            succeeded = result == Int(size)
            written = succeeded ? Int(size) : 0
        }
        guard succeeded else { throw .malformedFrame }
        return bytes
    }
}

extension Zstandard {
    /// Contexts that wait for their next use, so that each is used by one thread at a time.
    private final class Pool: Sendable {
        private struct Context: @unchecked Sendable {
            let raw: OpaquePointer
        }

        /// More than this many are not kept: there are seldom more threads that compress.
        private static let capacity = 16

        private let idle = Mutex<[Context]>([])
        private let make: @Sendable () -> OpaquePointer?
        private let free: @Sendable (OpaquePointer) -> Void

        init(
            make: @escaping @Sendable () -> OpaquePointer?,
            free: @escaping @Sendable (OpaquePointer) -> Void
        ) {
            self.make = make
            self.free = free
        }

        /// Lends a context; nil when there is no memory for one.
        func withContext<Result>(_ body: (OpaquePointer) -> Result) -> Result? {
            guard let context = idle.withLock({ $0.popLast() }) ?? make().map(Context.init) else {
                return nil
            }
            defer {
                let isKept = idle.withLock { idle in
                    guard idle.count < Self.capacity else { return false }
                    idle.append(context)
                    return true
                }
                if !isKept { free(context.raw) }
            }
            return body(context.raw)
        }
    }
}

import Glibc

/// What the system tells of a file.
package struct FileStatus: Equatable, Sendable {
    package enum Kind: Sendable {
        case file, folder, other
    }

    package let kind: Kind
    package let byteCount: Int
    /// The bytes that it takes up on the disk, without its holes.
    package let allocatedByteCount: Int
    package let device: UInt64
    package let inode: UInt64
    /// When its content was last written, since 1970.
    package let modifiedNanoseconds: Int64
    /// When anything of it was last changed, its name and permissions too, since 1970.
    package let changedNanoseconds: Int64

    init(_ status: stat) {
        func nanoseconds(_ time: timespec) -> Int64 {
            Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        }
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            default: .other
            }
        byteCount = status.st_size
        allocatedByteCount = status.st_blocks * 512
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        modifiedNanoseconds = nanoseconds(status.st_mtim)
        changedNanoseconds = nanoseconds(status.st_ctim)
    }

    /// Whether both tell of one file, under whatever names.
    package func isSame(as other: FileStatus) -> Bool {
        device == other.device && inode == other.inode
    }
}

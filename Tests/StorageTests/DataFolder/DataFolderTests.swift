import Glibc
import Platform
import Primitives
import Roles
import Storage
import Testing

struct DataFolderTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path(of: "data") }

    init() throws { folder = try TemporaryFolder() }

    @Test func `one opener at a time has the folder, and the error names its process`() throws {
        let first = try DataFolder(path: path, purpose: .node)
        #expect(throws: DataFolderError.inUse(path: path, process: getpid())) {
            try DataFolder(path: path, purpose: .node)
        }
        withExtendedLifetime(first) {}
    }

    @Test func `a folder that was released can be opened though somebody still refers to it`()
        throws
    {
        let first = try DataFolder(path: path, purpose: .node)
        first.release()
        _ = try DataFolder(path: path, purpose: .node)
        withExtendedLifetime(first) {}
    }

    @Test func `a folder that was let go can be opened again, for the same purpose only`() throws {
        _ = try DataFolder(path: path + "/", purpose: .backend)
        _ = try DataFolder(path: path, purpose: .backend)
        #expect(
            throws: DataFolderError.otherPurpose(path: path, found: "backend", wanted: "node")
        ) { try DataFolder(path: path, purpose: .node) }
    }

    @Test func `a newer format, a damaged description and foreign files are refused`() throws {
        _ = try DataFolder(path: path, purpose: .node)
        let text = "DecentraStore data folder\nformat 2\nkind of its own\n"
        try folder.write(Array(text.utf8), to: "data/folder")
        #expect(throws: DataFolderError.newerFormat(path: path, found: 2, known: 1)) {
            try DataFolder(path: path, purpose: .node)
        }
        for damaged in ["", "DecentraStore data folder\nformat 1\n", "format 1\npurpose node\n"] {
            try folder.write(Array(damaged.utf8), to: "data/folder")
            #expect(throws: DataFolderError.damaged(path: path + "/folder")) {
                try DataFolder(path: path, purpose: .node)
            }
        }
        try folder.remove("data/folder")
        try folder.write([1], to: "data/letter")
        #expect(throws: DataFolderError.foreign(path: path)) {
            try DataFolder(path: path, purpose: .node)
        }
    }

    @Test func `a secret is made once, and nobody else may read it`() throws {
        let made = try DataFolder(path: path, purpose: .node).secret(named: "key", byteCount: 3)
        #expect(made.count == 3)
        let again = try DataFolder(path: path, purpose: .node)
        #expect(try again.secret(named: "key", byteCount: 3) == made)
        #expect(throws: DataFolderError.damaged(path: path + "/key")) {
            try again.secret(named: "key", byteCount: 4)
        }
        var status = stat()
        stat(path + "/key", &status)
        #expect(status.st_mode & 0o777 == 0o600)
        stat(path, &status)
        #expect(status.st_mode & 0o777 == 0o700)
    }

    @Test func `a replacement that fails leaves the old content and no file behind`() throws {
        let faults = Faults()
        let data = try DataFolder(path: path, purpose: .node, files: faults.files)
        try data.replace("state", with: [1])
        for operation in [FileSystem.Operation.create, .write, .sync, .rename] {
            let once = Once()
            faults.set { _, found, _ in
                found == operation && once.take() ? .fails(ENOSPC) : nil
            }
            #expect(throws: DataFolderError.self) { try data.replace("state", with: [2]) }
            #expect(try data.contents(of: "state") == [1])
        }
        #expect(try folder.list("data") == ["folder", "lock", "state"])
    }
}

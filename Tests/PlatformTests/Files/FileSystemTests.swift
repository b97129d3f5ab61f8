import Foundation
import Primitives
import Testing

@testable import Platform

@Suite final class FileSystemTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "files-\(UUID().uuidString)").path
    private let files = FileSystem()

    init() throws { try files.makeFolder(folder) }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func path(_ name: String) -> String { folder + "/" + name }

    private func text(_ name: String) throws -> String? {
        try files.contents(of: path(name), limit: 100).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `folders are made with those above them once`() throws {
        #expect(try files.makeFolders(path("a/b/c")))
        #expect(try !files.makeFolders(path("a/b/c/")))
        #expect(try files.status(of: path("a/b"))?.kind == .folder)
        try files.replace(path("file"), with: [])
        #expect(throws: SystemError(.makeFolder, path("file"), code: ENOTDIR)) {
            try files.makeFolders(path("file/a/b"))
        }
    }

    @Test func `a file is replaced as a whole`() throws {
        try files.replace(path("a"), with: Array("a long text".utf8))
        try files.replace(path("a"), with: Array("b".utf8), by: path("other"))
        #expect(try text("a") == "b")
        #expect(try files.list(folder) == ["a"])
    }

    @Test func `a name that is taken is kept unless it is to be replaced`() throws {
        try files.replace(path("taken"), with: [1])
        let file = try files.open(path("new"), .kept, isNew: true)
        try file.append(Array("n".utf8))
        #expect(throws: SystemError(.rename, path("taken"), code: EEXIST)) {
            try files.publish(file, as: path("taken"), replacing: false)
        }
        #expect(try files.list(folder) == ["new", "taken"])
        try files.publish(file, as: path("free"), replacing: false)
        #expect(try files.list(folder) == ["free", "taken"])
        let again = try files.open(path("free"))
        try files.publish(again, as: path("taken"), replacing: true)
        #expect(try text("taken") == "n")
        #expect(try files.list(folder) == ["taken"])
    }

    @Test func `what is missing, too long or a folder is told apart`() throws {
        #expect(try files.contents(of: path("none"), limit: 1) == nil)
        #expect(try files.status(of: path("none/at all")) == nil)
        try files.replace(path("long"), with: [1, 2])
        #expect(try files.contents(of: path("long"), limit: 2) == [1, 2])
        #expect(throws: SystemError(.read, path("long"), code: EFBIG)) {
            try files.contents(of: path("long"), limit: 1)
        }
        #expect(throws: SystemError(.read, folder, code: EISDIR)) {
            try files.contents(of: folder, limit: 1)
        }
        #expect(throws: SystemError(.create, path("long"), code: EEXIST)) {
            try files.open(path("long"), .kept, isNew: true)
        }
        // Their length is told as zero.
        #expect(try files.contents(of: "/proc/self/stat", limit: 10_000)?.isEmpty == false)
    }

    @Test func `nothing is written through a link where a file is kept`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: path("link"), withDestinationPath: path("target"))
        #expect(throws: SystemError(.create, path("link"), code: ELOOP)) {
            try files.open(path("link"), .kept)
        }
    }

    @Test func `what is read by offset and in order agree`() throws {
        let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0) }
        let file = try files.open(path("a"), .emptied)
        try file.append(Array(bytes[..<300_000]))
        try file.write(Array(bytes[300_000...]), at: 300_000)
        let copy = try files.open(path("a"), .reading)
        #expect(try copy.read(1_000, at: 299_500) == Array(bytes[299_500..<300_500]))
        #expect(try copy.read(10, at: bytes.count - 1) == [bytes.last])
        #expect(try copy.next(10) == Array(bytes[..<10]))
        #expect(try copy.rest() == Array(bytes[10...]))
        #expect(try copy.next(10) == [])
    }

    /// As in a process that is being started, which has a copy of every descriptor for a moment.
    @Test func `a lock is given up whoever else has the descriptor`() throws {
        var first: File? = try files.open(path("lock"), .kept)
        #expect(try first?.lock() == true)
        let copy = try dup(#require(first).descriptor)
        let second = try files.open(path("lock"), .kept)
        #expect(try !second.lock())
        first = nil
        #expect(try second.lock())
        close(copy)
    }

    @Test func `a stream stays open when its file goes`() throws {
        let file = try files.open(path("a"), .emptied)
        try File(stream: file.descriptor, named: "stream").append([1])
        try file.append([2])
        #expect(try files.contents(of: path("a"), limit: 10) == [1, 2])
    }
}

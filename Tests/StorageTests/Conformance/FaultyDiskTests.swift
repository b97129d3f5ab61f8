import Primitives
import Roles
import Storage
import Testing

/// The double that lets requests fail does fail them, and nothing else.
struct FaultyDiskTests {
    private let tested: TestedDisk
    private let disk: FaultyDisk

    init() throws {
        tested = try TestedDisk(.real)
        disk = FaultyDisk(tested.disk)
    }

    @Test(arguments: [DiskOutcome.full, .failed])
    func `writes that it refuses leave no trace`(_ outcome: DiskOutcome) async {
        await disk.keep([Sample(1)])
        disk.set { $0.writes = outcome }
        #expect(await disk.write(Sample(2)) == outcome)
        #expect(await disk.write(Sample(1, stamp: 2)) == outcome)
        await disk.sync()
        #expect(await disk.recoverChunks() == [Sample(1).stored])
        disk.set { $0.writes = nil }
        #expect(await disk.write(Sample(2)) == .written)
        await disk.close()
    }

    @Test func `reads that it refuses find out nothing, once`() async {
        await disk.keep([Sample(1)])
        disk.set { $0.reads = true }
        #expect(await disk.isUnavailable(Sample(1).chunk))
        disk.set { $0.reads = false }
        #expect(await disk.read(Sample(1).chunk) == Sample(1).chunk)
        await disk.close()
    }

    @Test func `it is full once so many bytes were written`() async {
        disk.set { $0.room = 700 }
        #expect(await disk.write(Sample(1)) == .written)
        #expect(await disk.write(Sample(2)) == .written)
        #expect(await disk.write(Sample(3)) == .full)
        await disk.sync()
        #expect(await disk.recoverChunks().count == 2)
        await disk.close()
    }
}

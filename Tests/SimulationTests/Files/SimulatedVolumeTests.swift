import Primitives
import Segments
import Testing

@testable import Simulation

/// What a file system that is a value keeps, and what a crash takes.
struct SimulatedVolumeTests {
    private var volume = SimulatedVolume(seed: 1)

    /// A file with this content, all of it durable.
    private mutating func make(_ path: String, _ bytes: [UInt8]) throws -> SimulatedVolume.File {
        let file = try volume.open(path, .emptied)
        try volume.write(bytes, to: file, at: 0)
        try volume.sync(file)
        try volume.syncFolder(".")
        return file
    }

    private static func content(
        _ path: String, _ volume: SimulatedVolume
    ) throws -> [UInt8] {
        var volume = volume
        let file = try volume.open(path, .reading)
        return try volume.read(file, volume.byteCount(of: file), at: 0)
    }

    @Test mutating func `what was written is read, wherever it begins and ends`() throws {
        let file = try volume.open("a", .emptied)
        var model: [UInt8] = []
        var random = RandomSource(seed: 3, who: 0, purpose: 0)
        for _ in 0..<200 {
            let (offset, count) = (random.below(3_000), random.below(1_200))
            let bytes = random.bytes(count)
            try volume.write(
                Array(bytes.prefix(7)), Array(bytes.dropFirst(7)), to: file, at: offset)
            if count > 0, model.count < offset + count {
                model += [UInt8](repeating: 0, count: offset + count - model.count)
            }
            if count > 0 { model.replaceSubrange(offset..<offset + count, with: bytes) }
            if random.below(5) == 0 {
                let start = random.below(model.count + 1)
                let hole = start..<min(model.count, start + 1_500)
                try volume.punch(hole, of: file)
                for index in hole { model[index] = 0 }
            }
            if random.below(9) == 0 {
                let end = random.below(model.count + 1)
                try volume.truncate(file, to: end)
                model.removeLast(model.count - end)
            }
            if random.below(3) == 0 { try volume.sync(file) }
            #expect(try Self.content("a", volume) == model)
        }
    }

    @Test mutating func `what was synced outlives a crash, and what was not does not`() throws {
        let file = try make("a", [1, 2, 3])
        try volume.write([9, 9, 9, 9], to: file, at: 0)
        _ = try volume.open("b", .emptied)
        volume.crash()
        #expect(try Self.content("a", volume) == [1, 2, 3])
        #expect(try volume.list(".") == ["a"])
    }

    @Test mutating func `a crash may keep any blocks of what was not synced`() throws {
        let blocks = 3
        let file = try make("a", [UInt8](repeating: 1, count: blocks * 512))
        try volume.write([UInt8](repeating: 2, count: blocks * 512), to: file, at: 0)
        var found: Set<[UInt8]> = []
        for seed in 0..<200 as Range<UInt64> {
            var copy = volume
            copy.crash(keepingSome: seed)
            let bytes = try Self.content("a", copy)
            let kept = (0..<blocks).map { bytes[$0 * 512] }
            #expect(bytes == kept.flatMap { [UInt8](repeating: $0, count: 512) })
            found.insert(kept)
        }
        #expect(found.count == 8, "every subset")
    }

    @Test mutating func `of two changes of one block the later one does not last alone`() throws {
        let file = try make("a", [1])
        try volume.write([2], to: file, at: 0)
        try volume.write([3, 3], to: file, at: 0)
        var found: Set<[UInt8]> = []
        for seed in 0..<100 as Range<UInt64> {
            var copy = volume
            copy.crash(keepingSome: seed)
            found.insert(try Self.content("a", copy))
        }
        #expect(found.isSuperset(of: [[1], [2], [3, 3]]))
        #expect(found.isSubset(of: [[1], [2], [3], [1, 0], [2, 0], [3, 3]]))
    }

    @Test mutating func `a replaced file is the old one or the new one, whatever lasts`() throws {
        _ = try make("a", [1])
        try volume.replaceForTest("a", with: [2])
        #expect(try Self.content("a", volume) == [2])
        volume.crash()
        #expect(try Self.content("a", volume) == [2])
        // Without the sync of the folder, it may be either.
        let file = try volume.open("a.new", .emptied)
        try volume.write([3], to: file, at: 0)
        try volume.sync(file)
        try volume.rename("a.new", to: "a")
        var found: Set<[UInt8]> = []
        for seed in 0..<50 as Range<UInt64> {
            var copy = volume
            copy.crash(keepingSome: seed)
            found.insert(try Self.content("a", copy))
        }
        #expect(found == [[2], [3]])
    }

    @Test mutating func `the power fails before the change that it is said to`() throws {
        let file = try make("a", [1])
        volume.failsAfter = volume.changes + 1
        try volume.write([2], to: file, at: 0)
        #expect(volume.hasPower)
        #expect(throws: SystemError.self) { try volume.sync(file) }
        #expect(!volume.hasPower)
        #expect(throws: SystemError.self) { try volume.read(file, 1, at: 0) }
        volume.crash()
        #expect(try Self.content("a", volume) == [1])
    }

    @Test mutating func `a sync that lies makes nothing durable`() throws {
        let file = try make("a", [1])
        volume.syncs = .lie
        try volume.write([2], to: file, at: 0)
        try volume.sync(file)
        volume.crash()
        #expect(try Self.content("a", volume) == [1])
    }

    @Test mutating func `after a sync that failed, a good one means nothing for what came before`()
        throws
    {
        let file = try make("a", [1])
        try volume.write([2], to: file, at: 0)
        volume.syncs = .fail(count: 1)
        #expect(throws: SystemError.self) { try volume.sync(file) }
        try volume.sync(file)
        #expect(try Self.content("a", volume) == [2], "programs see what they wrote")
        volume.crash()
        #expect(try Self.content("a", volume) == [1])
    }

    @Test mutating func `a full one takes what has room, and nothing more`() throws {
        let file = try make("a", [1])
        volume.isFull = true
        try volume.write([2], to: file, at: 0)
        #expect(throws: SystemError.self) { try volume.write([3], to: file, at: 600) }
        #expect(throws: SystemError.self) { try volume.open("b", .emptied) }
        #expect(try Self.content("a", volume) == [2])
    }

    @Test mutating func `rot is there whatever the power does`() throws {
        _ = try make("a", [1, 1])
        volume.rot("a", at: 1)
        #expect(try Self.content("a", volume) == [1, 0])
        volume.crash(keepingSome: 1)
        #expect(try Self.content("a", volume) == [1, 0])
    }
}

extension SimulatedVolume {
    fileprivate mutating func replaceForTest(_ path: String, with bytes: [UInt8]) throws {
        let file = try open(path + ".new", .emptied)
        try write(bytes, to: file, at: 0)
        try sync(file)
        try rename(path + ".new", to: path)
        try syncFolder(".")
    }
}

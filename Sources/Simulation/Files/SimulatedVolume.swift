package import Primitives
import Segments

/// A file system as a plain value: what programs see of it, and what a crash would leave.
///
/// A crash keeps any subset of what was not synced, block by block and name by name: a later write may
/// last where an earlier one does not. Two changes of one block, or of one name, keep their order.
package struct SimulatedVolume: Volume {
    package struct File: Sendable, Hashable {
        fileprivate let number: Int
        fileprivate let path: String
    }

    private var files: [Int: SimulatedFile] = [:]
    private var names = SimulatedNames()
    private var random: RandomSource
    private var lastNumber = 0
    /// Folders have numbers of files as well.
    private var folders: Set<Int> = []

    /// How many times something of it was changed or synced.
    package private(set) var changes = 0
    /// The power fails before the change after so many: that one and all later operations fail.
    package var failsAfter = Int.max
    package private(set) var hasPower = true

    /// It has no room for more blocks.
    package var isFull = false
    /// It refuses to read files, for now.
    package var refusesReads = false
    /// How often it refuses a write, after a part of it, or a sync, or does otherwise than it says.
    package var reliability = DiskSettings()
    /// How often it did.
    package private(set) var refusals = 0
    /// Writes and syncs with which it did otherwise than it said.
    package private(set) var silentErrors = 0
    /// What syncs do instead.
    package var syncs = Syncs.work

    package enum Syncs: Equatable, Sendable {
        case work
        /// They say that they were done, and were not.
        case lie
        /// So many fail; what they were to cover is not written by later ones either.
        case fail(count: Int)
    }

    /// An empty one. `seed` decides what its random words are.
    package init(seed: UInt64) { random = RandomSource(seed: seed, who: 0, purpose: 0) }

    // MARK: Power

    /// The power was cut and is back: what was not synced is as it was before, or, with a seed, partly
    /// as it was to be.
    package mutating func crash(keepingSome seed: UInt64? = nil) {
        var drawn = seed.map { RandomSource(seed: $0, who: 0, purpose: 1) }
        names.crash(&drawn)
        for number in files.keys.sorted() { files[number]?.crash(&drawn) }
        forgetNameless()
        failsAfter = .max
        hasPower = true
    }

    private mutating func forgetNameless() {
        let named = names.files
        files = files.filter { named.contains($0.key) }
    }

    /// What has to be true of the operation that begins.
    private mutating func begin(
        _ operation: FileOperation, _ path: String, isChange: Bool = true
    ) throws(SystemError) {
        if isChange {
            if changes >= failsAfter { hasPower = false }
            if hasPower { changes += 1 }
        }
        guard hasPower else { throw SystemError(operation, path, .isBroken) }
    }

    private mutating func refuses() -> Bool {
        guard reliability.failing > 0, random.chance(reliability.failing) else { return false }
        refusals += 1
        return true
    }

    private mutating func errs(_ probability: Double) -> Bool {
        guard probability > 0, random.chance(probability) else { return false }
        silentErrors += 1
        return true
    }

    private func content(
        _ file: File, _ operation: FileOperation
    ) throws(SystemError) -> SimulatedFile {
        guard let content = files[file.number] else {
            throw SystemError(operation, file.path, .isGone)
        }
        return content
    }

    // MARK: Files

    package mutating func open(_ path: String, _ opening: FileOpening) throws(SystemError) -> File {
        let makes = opening == .kept || opening == .emptied
        let operation = makes ? FileOperation.create : .open
        if let number = names[path] {
            guard !folders.contains(number) else { throw SystemError(operation, path, .isNoFolder) }
            try begin(operation, path, isChange: opening == .emptied)
            if opening == .emptied { files[number]?.truncate(to: 0) }
            return File(number: number, path: path)
        }
        try begin(operation, path, isChange: makes)
        guard makes, isFolder(SimulatedNames.folder(of: path)) else {
            throw SystemError(operation, path, .isMissing)
        }
        guard !isFull else { throw SystemError(operation, path, .isFull) }
        lastNumber += 1
        files[lastNumber] = SimulatedFile()
        names.set(path, to: lastNumber)
        return File(number: lastNumber, path: path)
    }

    package func path(of file: File) -> String { file.path }
    package func isInPlace(_ file: File) -> Bool { names[file.path] == file.number }

    package mutating func byteCount(of file: File) throws(SystemError) -> Int {
        try begin(.inspect, file.path, isChange: false)
        return try content(file, .inspect).byteCount
    }

    package mutating func allocatedByteCount(of file: File) throws(SystemError) -> Int {
        try begin(.inspect, file.path, isChange: false)
        return try content(file, .inspect).allocatedByteCount
    }

    package mutating func read(
        _ file: File, _ count: Int, at offset: Int
    ) throws(SystemError) -> [UInt8] {
        try begin(.read, file.path, isChange: false)
        guard !refusesReads else { throw SystemError(.read, file.path, .isBroken) }
        return try content(file, .read).read(count, at: offset)
    }

    package mutating func write(
        _ head: [UInt8], _ tail: [UInt8], to file: File, at offset: Int
    ) throws(SystemError) {
        try begin(.write, file.path)
        let range = offset..<offset + head.count + tail.count
        let content = try content(file, .write)
        guard !isFull || content.hasRoom(for: range) else {
            throw SystemError(.write, file.path, .isFull)
        }
        let bytes = head + tail
        guard !refuses() else {
            files[file.number]?.write(
                Array(bytes.prefix(random.below(bytes.count + 1))), at: offset)
            throw SystemError(.write, file.path, .isBroken)
        }
        if errs(reliability.lostWrites) {
            files[file.number]?.reach(range.upperBound)
        } else if errs(reliability.misdirectedWrites) {
            files[file.number]?.reach(range.upperBound)
            let place = place(for: bytes.count, in: file)
            files[file.number]?.write(bytes, at: place)
        } else {
            files[file.number]?.write(bytes, at: offset)
        }
    }

    /// The beginning of some block from which on so much fits.
    private mutating func place(for byteCount: Int, in file: File) -> Int {
        let room = (files[file.number]?.byteCount ?? 0) - byteCount
        return random.below(room / SimulatedFile.blockByteCount + 1) * SimulatedFile.blockByteCount
    }

    package mutating func sync(_ file: File) throws(SystemError) {
        try begin(.sync, file.path)
        _ = try content(file, .sync)
        guard !refuses() else {
            files[file.number]?.giveUp()
            throw SystemError(.sync, file.path, .isBroken)
        }
        if errs(reliability.lyingSyncs) { return }
        switch syncs {
        case .work: files[file.number]?.sync()
        case .lie: break
        case .fail(let count):
            syncs = count > 1 ? .fail(count: count - 1) : .work
            files[file.number]?.giveUp()
            throw SystemError(.sync, file.path, .isBroken)
        }
    }

    package mutating func uncache(_ range: Range<Int>, of file: File) {}

    package mutating func allocate(_ range: Range<Int>, of file: File) throws(SystemError) {
        try begin(.allocate, file.path)
        _ = try content(file, .allocate)
        guard !isFull else { throw SystemError(.allocate, file.path, .isFull) }
        files[file.number]?.reach(range.upperBound)
    }

    package mutating func punch(_ range: Range<Int>, of file: File) throws(SystemError) {
        try begin(.punch, file.path)
        _ = try content(file, .punch)
        files[file.number]?.clear(range)
    }

    package mutating func truncate(_ file: File, to byteCount: Int) throws(SystemError) {
        try begin(.truncate, file.path)
        _ = try content(file, .truncate)
        files[file.number]?.truncate(to: byteCount)
    }

    // MARK: Names

    private func isFolder(_ path: String) -> Bool {
        path == "." || names[path].map { folders.contains($0) } ?? false
    }

    package mutating func rename(_ path: String, to other: String) throws(SystemError) {
        try begin(.rename, path)
        guard names[path] != nil, isFolder(SimulatedNames.folder(of: other)) else {
            throw SystemError(.rename, path, .isMissing)
        }
        names.rename(path, to: other)
    }

    package mutating func remove(_ path: String) throws(SystemError) {
        guard names[path] != nil else { return }
        try begin(.remove, path)
        names.set(path, to: nil)
    }

    package mutating func list(_ path: String) throws(SystemError) -> [String] {
        try begin(.list, path, isChange: false)
        guard isFolder(path) else { throw SystemError(.list, path, .isMissing) }
        return names.list(path)
    }

    package mutating func makeFolder(_ path: String) throws(SystemError) -> Bool {
        guard names[path] == nil else { return false }
        try begin(.makeFolder, path)
        guard isFolder(SimulatedNames.folder(of: path)) else {
            throw SystemError(.makeFolder, path, .isMissing)
        }
        lastNumber += 1
        folders.insert(lastNumber)
        names.set(path, to: lastNumber)
        return true
    }

    package mutating func syncFolder(_ path: String) throws(SystemError) {
        try begin(.sync, path)
        guard isFolder(path) else { throw SystemError(.sync, path, .isMissing) }
        guard !refuses() else { throw SystemError(.sync, path, .isBroken) }
        guard syncs != .lie, !errs(reliability.lyingSyncs) else { return }
        names.sync(path)
        forgetNameless()
    }

    package mutating func randomWord() -> UInt64 { random.next() }
    package mutating func timeStamp() -> String { "-" }

    // MARK: What befalls the medium

    /// Flips a bit of a byte, whatever becomes of unsynced writes.
    package mutating func rot(_ path: String, at offset: Int) {
        if let number = names[path] { files[number]?.damage(at: offset) { $0 ^ 1 } }
    }

    /// All its names are gone. Files that are open serve on, as long as the power lasts.
    package mutating func replaceAll() {
        names = SimulatedNames()
        silentErrors += 1
    }

    /// Makes a byte another, whatever becomes of unsynced writes.
    package mutating func overwrite(_ path: String, at offset: Int, with byte: UInt8) {
        if let number = names[path] { files[number]?.damage(at: offset) { _ in byte } }
    }
}

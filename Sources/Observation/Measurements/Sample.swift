package import Primitives

/// The state of a run at a time: a row of the time series, and what a progress line shows.
package struct Sample: Equatable, Sendable {
    package var at = Instant.origin
    /// In the order of the columns.
    package private(set) var values: [UInt64]

    /// A column of the time series.
    package struct Column: Sendable {
        package let name: String
        package var unit = Metric.Unit.count
        /// What it is called in the report; nil: it is not shown there.
        package var label: String?
        let read: @Sendable (Meters) -> UInt64
    }

    package static let columns = [
        Column(name: "nodesUp", label: "nodes up") { UInt64($0.churn.nodesUp) },
        Column(name: "filesAcknowledged", label: "files") {
            UInt64($0.durability.filesAcknowledged)
        },
        Column(name: "filesLost", label: "lost") { UInt64($0.durability.lostFiles.count) },
        // Those of acknowledged files.
        Column(name: "chunks") { UInt64($0.redundancy.chunks) },
        Column(name: "chunksBelowTarget", label: "chunks below target") {
            UInt64($0.redundancy.chunksBelowTarget)
        },
        // With no replica on a node that is up.
        Column(name: "chunksUnreachable", label: "unreachable") {
            UInt64($0.redundancy.chunksUnreachable)
        },
        Column(name: "storedBytes", unit: .bytes, label: "stored") { $0.storage.storedBytes },
        Column(name: "repairBytes", unit: .bytes, label: "repaired") { $0.repair.bytesMoved },
        Column(name: "reads", label: "reads") { UInt64($0.availability.reads) },
        Column(name: "readsFailed", label: "failed") { UInt64($0.availability.readsFailed) },
        Column(name: "repairsQueued") { UInt64($0.repair.queued) },
        Column(name: "events") { $0.run.events },
    ]

    package init() { values = Self.columns.map { _ in 0 } }

    init(_ meters: Meters) {
        at = meters.run.now
        values = Self.columns.map { $0.read(meters) }
    }

    /// The value of a column; `name` must be that of one.
    package subscript(name: String) -> UInt64 {
        get { values[Self.index(name)] }
        set { values[Self.index(name)] = newValue }
    }

    private static func index(_ name: String) -> Int {
        guard let index = columns.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("there is no column \(name)")
        }
        return index
    }
}

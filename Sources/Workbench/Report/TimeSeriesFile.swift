import Primitives
package import Simulation

/// `timeseries.csv`: a row a sample, for plots.
package enum TimeSeriesFile {
    private static let columns: [(name: String, value: @Sendable (Sample) -> String)] = [
        ("atSeconds", { DecimalNumber($0.at.seconds, significantDigits: 12).jsonText }),
        ("nodesUp", { String($0.nodesUp) }),
        ("filesAcknowledged", { String($0.filesAcknowledged) }),
        ("filesLost", { String($0.filesLost) }),
        ("chunks", { String($0.chunks) }),
        ("chunksBelowTarget", { String($0.chunksBelowTarget) }),
        ("chunksUnreachable", { String($0.chunksUnreachable) }),
        ("storedBytes", { String($0.storedBytes) }),
        ("repairBytes", { String($0.repairBytes) }),
        ("reads", { String($0.reads) }),
        ("readsFailed", { String($0.readsFailed) }),
        ("repairsQueued", { String($0.repairsQueued) }),
        ("events", { String($0.events) }),
    ]

    package static func text(of samples: [Sample]) -> String {
        let header = columns.map(\.name).joined(separator: ",") + "\n"
        return samples.reduce(into: header) { text, sample in
            text += columns.map { $0.value(sample) }.joined(separator: ",") + "\n"
        }
    }
}

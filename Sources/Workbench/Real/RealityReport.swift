import Observation
import Primitives

/// What the report of a run on sockets says beyond that of a simulated one.
struct RealityReport {
    let result: RunResult
    let reality: Reality

    var introduction: String {
        let speed = reality.speed
        let pace =
            speed == 1 ? "in real time" : "in which a second stood for \(Format.seconds(speed))"
        return """
            > **Run on real servers, not simulated**, \(pace): discoveries, nodes and backends behind HTTP \
            servers on loopback sockets, chunks in `ChunkStore` folders, ledgers in SQLite. Users are \
            those of the simulator, whose messages reach the backends within the process. All times \
            are the scenario's. Not deterministic.

            """
    }

    var comparison: String {
        let table = PredictionTable(predicted: reality.predicted, seen: result.measurements)
        let rows = table.rows.map { row in
            func text(_ value: Double?) -> String { value.map(row.unit.text) ?? "–" }
            return ["`\(row.path)`", text(row.predicted), text(row.seen), row.differenceText]
        }
        return """
            ## Simulation and reality

            The same scenario and seed: what the simulator predicted, what the servers did, and by how \
            much that was off. Both have the same users, who read and write at the same times, and the \
            same network: \
            latencies, bandwidths, losses and cuts are the model's, on top of what loopback takes. All \
            else is real here and modelled there: HTTP, signatures, disks, SQLite, threads. What \
            they take counts \(Format.number(reality.speed)) times in the scenario's time.

            \(MarkdownTable.text(["metric", "simulated", "seen", "off by"], right: [1, 2, 3], rows: rows))
            \(wire)\(delay)
            """
    }

    private var wire: String {
        let (wire, modelled) = (reality.wireBytes, reality.modelledWireBytes)
        guard modelled > 0 else { return "" }
        let row = PredictionTable.Row(
            path: "", unit: .bytes, predicted: Double(modelled), seen: Double(wire))
        return """
            Servers sent each other \(Format.bytes(wire)) in the measured time, HTTP and all; the model \
            charges \(Format.bytes(modelled)) for the same messages, so that it was off by \
            \(row.differenceText).

            """
    }

    private var delay: String {
        """
        The machine kept pace to within \(Format.duration(reality.worstDelay)) of the scenario's \
        time, the longest that anything was done after it was due.

        """
    }
}

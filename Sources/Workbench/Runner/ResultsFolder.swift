import Glibc
import Platform
package import Primitives

/// A folder that results are written to.
package struct ResultsFolder: Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// Writes all that a run left: `report.md`, `metrics.json`, `timeseries.csv`, `timing.json`.
    package func write(
        _ result: RunResult, _ timing: RunTiming, command: String, reality: Reality? = nil
    ) throws(SystemError) {
        try create()
        try write(MetricsFile.text(of: result), to: "metrics.json")
        try write(TimeSeriesFile.text(of: result.samples), to: "timeseries.csv")
        let report = MarkdownReport(result: result, command: command, reality: reality)
        try write(report.text, to: "report.md")
        try write(timing.json, to: "timing.json")
    }

    /// Makes the folder and those above it where they are missing.
    package func create() throws(SystemError) {
        try FileSystem().makeFolders(path, access: .masked)
    }

    /// Writes one file so that whoever looks sees the old text or the new, never a part.
    package func write(_ text: String, to name: String) throws(SystemError) {
        let target = "\(path)/\(name)"
        try translating(
            try FileSystem().replace(
                target, with: Array(text.utf8), access: .masked,
                by: "\(path)/.\(name).\(getpid()).tmp")
        ) { (error: SystemError) in SystemError(.write, target, code: error.code) }
    }
}

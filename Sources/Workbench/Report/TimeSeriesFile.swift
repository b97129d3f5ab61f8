package import Observation
import Primitives

/// `timeseries.csv`: a row a sample, for plots.
package enum TimeSeriesFile {
    package static func text(of samples: [Sample]) -> String {
        let names = ["atSeconds"] + Sample.columns.map(\.name)
        let rows = samples.map { sample in
            [DecimalNumber(sample.at.seconds, significantDigits: 12).jsonText]
                + sample.values.map { String($0) }
        }
        return ([names] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
    }
}

package import Primitives

/// Turning counters into results.
extension Observer {
    /// The meters as they stand, with what accrues with time.
    private func meters(at now: Instant, events: UInt64) -> Meters {
        var meters = meters
        meters.storage.storedBytes = nodes.reduce(0) {
            $0 + UInt64($1.disk.usedBytes - $1.disk.trashBytes)
        }
        meters.advance(to: now, events: events)
        return meters
    }

    /// The state of things, for a progress line.
    package func sample(at now: Instant, events: UInt64) -> Sample {
        Sample(meters(at: now, events: events))
    }

    /// Adds a row to the time series.
    package mutating func takeSample(at now: Instant, events: UInt64) {
        let sample = sample(at: now, events: events)
        samples.append(sample)
        meters.storage.sampled(storedBytes: sample["storedBytes"])
    }

    /// The measured time is over.
    package mutating func settle(at now: Instant, events: UInt64) {
        // The last row of the time series, whether or not the interval fits the duration.
        if samples.last?.at != now { takeSample(at: now, events: events) }
        meters.redundancy.chunksCrowded = crowdedChunks()
        measured = meters(at: now, events: events)
    }

    /// All results as they stand.
    package func measurements(at now: Instant, events: UInt64, digest: UInt64) -> Measurements {
        let meters = meters(at: now, events: events)
        var result = Measurements(
            Reading(measured: measured ?? meters, whole: meters, isSettled: measured != nil))
        result.digest = digest
        result.oracles = oracles.outcomes
        result.faults = faults
        return result
    }
}

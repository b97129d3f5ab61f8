import Primitives
import Roles
import Testing

@testable import Observation

struct MetricTests {
    @Test func `each path names one metric, and a row that precedes another's stands in its group`()
    {
        let paths = Metric.all.map(\.path)
        #expect(Set(paths).count == paths.count)
        for metric in Metric.all {
            guard let before = metric.before else { continue }
            let other = Metric.all.first { $0.path == before }
            #expect(other?.row != nil, "\(metric.path)")
            #expect(before.split(separator: ".")[0] == metric.path.split(separator: ".")[0])
        }
    }

    private let chunk = ChunkID(Hash256(1, 0, 0, 0))

    private func at(_ seconds: Int64) -> Instant { .origin + .seconds(seconds) }

    private func report(_ kind: UserReport.Kind, retries: Int = 0) -> UserReport {
        UserReport(
            kind,
            FilePlan(id: FileID(high: 0, low: 7), ordinal: 0, byteCount: 100, owner: PeerID(0)),
            startedAt: .origin, retries: retries, isFinal: false, chunks: [chunk], outcome: .done)
    }

    /// A user's file of one chunk, on the only node.
    private func observer() -> Observer {
        var settings = ProtocolSettings()
        settings.replicas = 1
        settings.writeQuorum = 1
        var observer = Observer(settings: settings, faults: [])
        observer.joined(.user, at: .origin)
        observer.joined(.node, capacityBytes: 1_000, at: .origin)
        let stored = StoredChunk(chunk: chunk, byteCount: 120, owner: PeerID(0), stamp: .origin)
        let payload = Payload(bytes: [1], byteCount: 120)
        observer.requested(.write(token: 1, stored, payload), by: 1, at: .origin)
        observer.wrote(token: 1, .written, by: 1, at: .origin)
        observer.requested(.sync(token: 2), by: 1, at: .origin)
        observer.synced(by: 1, at: .origin)
        observer.reported(report(.put), by: 0, at: .origin)
        return observer
    }

    @Test func `figures cover the measured time, and losses the whole run`() {
        var observer = observer()
        observer.reported(report(.get), by: 0, at: at(10))
        observer.settle(at: at(100), events: 5)
        observer.reported(report(.get), by: 0, at: at(110))
        observer.destroyed(1, isFault: true, at: at(120))
        let result = observer.measurements(at: at(200), events: 9, digest: 0)
        #expect(result["availability.reads"] == .count(1 as UInt64))
        #expect(result["storage.storedBytes"] == .count(120 as UInt64))
        #expect(result["redundancy.shareByDurableReplicas"] == .list([0, 1, 0, 0, 0]))
        #expect(result["churn.meanNodesUp"] == .number(1))
        #expect(result["durability.filesLost"] == .count(1 as UInt64))
        #expect(result["durability.lossShare"] == .share(1, of: 1))
        #expect(result["events"] == .count(9 as UInt64))
        #expect(observer.samples.map(\.at) == [at(100)])
    }

    @Test func `figures of a run that was stopped cover what ran`() {
        var observer = observer()
        observer.wentDown(1, at: at(50))
        let result = observer.measurements(at: at(100), events: 9, digest: 0)
        #expect(result["churn.meanNodesUp"] == .number(0.5))
        #expect(result["availability.chunkTimeReadable"] == .number(0.5))
        #expect(result["storage.userBytes"] == .count(100 as UInt64))
        #expect(result["redundancy.chunksBelowTargetAfterSettling"] == .number(nil))
    }

    @Test func `files are kept from their acknowledgement to their deletion or the end`() {
        var meter = DurabilityMeter()
        meter.acknowledged(at: at(0))
        meter.acknowledged(at: at(100))
        meter.deleted(at: at(400))
        let years = meter.fileYears(at: at(1_000))
        #expect(abs(years * 365.25 * 86_400 - (400 + 900)) < 1e-6)
        // Longer in all than 64 bits of nanoseconds hold.
        for _ in 0..<400 { meter.acknowledged(at: at(0)) }
        #expect(meter.fileYears(at: .origin + .days(365)) > 399)
    }
}

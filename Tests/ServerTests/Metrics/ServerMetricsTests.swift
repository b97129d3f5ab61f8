import Foundation
import HTTPTypes
import Metrics
import Testing

@testable import Server

@Suite struct ServerMetricsTests {
    @Test func `numbers stand in the form of Prometheus`() {
        let metrics = MetricsRegistry()
        #expect(metrics.text == "")
        let get = ServerTimer.request(route: "/b", .get, .ok)
        metrics.timer(get).record(duration: .milliseconds(3))
        metrics.timer(get).record(duration: .seconds(100))
        metrics.timer(.request(route: "/a", .post, .serviceUnavailable)).recordMilliseconds(1)
        metrics.counter(.events(.recovered)).increment()
        metrics.counter(.events(.recovered)).increment(by: 2)
        _ = metrics.counter(.events(.audited))
        metrics.gauge(.files).record(1e16)
        metrics.gauge(.files).record(2)
        metrics.gauge(.diskChunkBytes).record(1e16)
        #expect(metrics.text.hasSuffix("2\n"))
        let lines = metrics.text.split(separator: "\n").map(String.init)
        #expect(
            lines.prefix(5) == [
                "# HELP dsim_disk_chunk_bytes \(ServerGauge.diskChunkBytes.help)",
                "# TYPE dsim_disk_chunk_bytes gauge", "dsim_disk_chunk_bytes 1e+16",
                "# HELP dsim_events_total \(ServerCounter.events(.audited).help)",
                "# TYPE dsim_events_total counter",
            ])
        #expect(lines.contains(#"dsim_events_total{kind="audited"} 0"#))
        #expect(lines.contains(#"dsim_events_total{kind="recovered"} 3"#))
        let duration = "dsim_http_request_duration_seconds"
        #expect(lines.contains("# TYPE \(duration) histogram"))
        let b = #"route="/b",method="GET",status="200""#
        #expect(lines.contains("\(duration)_bucket{\(b),le=\"0.001\"} 0"))
        #expect(lines.contains("\(duration)_bucket{\(b),le=\"0.005\"} 1"))
        #expect(lines.contains("\(duration)_bucket{\(b),le=\"10.0\"} 1"))
        #expect(lines.contains("\(duration)_bucket{\(b),le=\"+Inf\"} 2"))
        #expect(lines.contains("\(duration)_sum{\(b)} 100.003"))
        #expect(lines.contains("\(duration)_count{\(b)} 2"))
    }

    @Test func `series of one server are not another's`() {
        let (first, second) = (MetricsRegistry(), MetricsRegistry())
        first.counter(.unreachable).increment()
        _ = second.counter(.unreachable)
        #expect(first.text.contains("dsim_unreachable_total 1"))
        #expect(second.text.contains("dsim_unreachable_total 0"))
    }

    @Test func `every line of every server is one that Prometheus reads`() async throws {
        try await EdgeNetwork.run { network in
            let user = try await network.user("ada")
            _ = try await network.request(
                .backend, "POST", "/api/files?name=a%22b", headers: user.open, body: [1, 2, 3])
            _ = try await network.request(.backend, "GET", "/nowhere\"%22{}")
            let line = /[a-z_]+(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})? [-+0-9.eE]+(Inf)?/
            let comment = /# (TYPE [a-z_]+ (counter|gauge|histogram)|HELP [a-z_]+ [A-Z0-9].*\.)/
            var families: Set<String> = []
            for role in EdgeNetwork.Role.allCases {
                let text = try await network.request(role, "GET", "/metrics").text
                var types: [String] = []
                for row in text.split(separator: "\n").map(String.init) {
                    if row.hasPrefix("# TYPE ") { types.append(row) }
                    #expect(
                        row.wholeMatch(of: line) != nil || row.wholeMatch(of: comment) != nil,
                        "\(role): \(row)")
                }
                #expect(Set(types).count == types.count, "each family is declared once")
                families.formUnion(types.map { String($0.split(separator: " ")[2]) })
                guard role != .discovery else { continue }
                // Else an alert does not see the first one.
                #expect(text.contains(#"dsim_events_total{kind="ledger-refused"} 0"#), "\(role)")
            }
            for file in [".github/alerts.yml", ".github/OPERATING.md"] {
                let text = try String(contentsOf: Self.root.appending(path: file), encoding: .utf8)
                for name in text.matches(of: /dsim_[a-z_]+/).map(\.output) {
                    let family = name.replacing(/_(bucket|count|sum)$/, with: "")
                    #expect(families.contains(String(family)), "\(file): \(name)")
                }
            }
        }
    }

    private static let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
}

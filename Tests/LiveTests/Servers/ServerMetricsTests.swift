import Foundation
import Testing

@testable import Live

@Suite struct ServerMetricsTests {
    @Test func countsStandInTheFormOfPrometheus() {
        let metrics = ServerMetrics()
        metrics.served(route: "/b", method: "GET", status: 200, seconds: 0.003)
        metrics.served(route: "/b", method: "GET", status: 200, seconds: 100)
        metrics.served(route: "/a", method: "POST", status: 503, seconds: 0.001)
        metrics.count("dsim_events_total{kind=\"x\"}")
        metrics.count("dsim_events_total{kind=\"x\"}", by: 2)
        metrics.count("dsim_events_total{kind=\"a\"}", by: 0.5)
        let text = metrics.text(gauges: [("dsim_b", 2), ("dsim_a", 1e16)])
        let lines = text.split(separator: "\n").map(String.init)
        #expect(text.hasSuffix("\n"))
        let duration = "dsim_http_request_duration_seconds"
        #expect(lines[0] == "# TYPE \(duration) histogram")
        let b = #"route="/b",method="GET",status="200""#
        #expect(lines.contains("\(duration)_bucket{\(b),le=\"0.001\"} 0"))
        #expect(lines.contains("\(duration)_bucket{\(b),le=\"0.005\"} 1"))
        #expect(lines.contains("\(duration)_bucket{\(b),le=\"10.0\"} 1"))
        #expect(lines.contains("\(duration)_bucket{\(b),le=\"+Inf\"} 2"))
        #expect(lines.contains("\(duration)_sum{\(b)} 100.003"))
        #expect(lines.contains("\(duration)_count{\(b)} 2"))
        #expect(
            lines.suffix(7) == [
                "# TYPE dsim_events_total counter", #"dsim_events_total{kind="a"} 0.5"#,
                #"dsim_events_total{kind="x"} 3"#, "# TYPE dsim_a gauge", "dsim_a 1e+16",
                "# TYPE dsim_b gauge", "dsim_b 2",
            ])
        #expect(ServerMetrics().text(gauges: []) == "\n")
    }

    @Test func everyLineOfEveryServerIsOneThatPrometheusReads() async throws {
        try await EdgeNetwork.run { network in
            let user = try await network.user("ada")
            _ = try await network.request(
                .backend, "POST", "/api/files?name=a%22b", headers: user.open, body: [1, 2, 3])
            _ = try await network.request(.backend, "GET", "/nowhere\"%22{}")
            let line = /[a-z_]+(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})? [-+0-9.eE]+(Inf)?/
            let comment = /# TYPE [a-z_]+ (counter|gauge|histogram)/
            for role in EdgeNetwork.Role.allCases {
                let text = try await network.request(role, "GET", "/metrics").text
                var types: [String] = []
                for row in text.split(separator: "\n").map(String.init) {
                    if row.hasPrefix("#") { types.append(row) }
                    #expect(
                        row.wholeMatch(of: line) != nil || row.wholeMatch(of: comment) != nil,
                        "\(role): \(row)")
                }
                #expect(Set(types).count == types.count, "each family is declared once")
                guard role != .discovery else { continue }
                // Else an alert does not see the first one.
                #expect(text.contains(#"dsim_events_total{kind="ledger-refused"} 0"#), "\(role)")
            }
        }
    }
}

import Synchronization
import Testing

@testable import Server

@Suite struct ConnectionLimiterTests {
    private static func settings(
        all: Int = 12, perAddress: Int? = nil
    ) -> ServerSettings {
        var settings = ServerSettings()
        settings.connectionLimit = all
        settings.connectionsPerAddress = perAddress
        return settings
    }

    @Test func `an address holds a quarter and leaves the rest to others`() {
        let refused = Mutex(0)
        let limiter = ConnectionLimiter(Self.settings()) { refused.withLock { $0 += 1 } }
        for _ in 0..<3 { #expect(limiter.admit("192.0.2.1")) }
        #expect(!limiter.admit("192.0.2.1"))
        #expect(!limiter.admit("::ffff:192.0.2.1"), "the same address within IPv6")
        #expect(limiter.admit("192.0.2.2"))
        #expect(refused.withLock { $0 } == 2)
        limiter.release("192.0.2.1")
        #expect(limiter.admit("192.0.2.1"))
        #expect(!limiter.admit("192.0.2.1"))
    }

    @Test func `a network within which a client picks its addresses counts as one`() {
        let limiter = ConnectionLimiter(Self.settings())
        for host in 1...3 { #expect(limiter.admit("2001:db8::\(host)")) }
        #expect(!limiter.admit("2001:db8::4"))
        #expect(limiter.admit("2001:db8:0:1::4"))
    }

    @Test(arguments: ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
    func `this machine is limited only where the limit was set`(address: String) {
        let limiter = ConnectionLimiter(Self.settings())
        for _ in 0..<100 { #expect(limiter.admit(address)) }
        let strict = ConnectionLimiter(Self.settings(perAddress: 2))
        for _ in 0..<2 { #expect(strict.admit(address)) }
        #expect(!strict.admit(address))
    }

    @Test func `a connection too many is closed until another ends`() async throws {
        try await EdgeNetwork.run(nodes: 1) { settings in
            settings.connectionsPerAddress = 30
        } _: { network in
            let port = network.port(.backend)
            try await RawConnection.run {
                let held = try (0..<30).map { _ in try #require(RawConnection(port: port)) }
                let last = try #require(RawConnection(port: port))
                withExtendedLifetime(held) { #expect(last.isClosed()) }
            }
            try await wait("there is room again") {
                try await RawConnection.request(port, "GET", "/health")?.status == 200
            }
            let metrics = try await network.request(.backend, "GET", "/metrics")
            #expect(metrics.text.contains("dsim_connections_refused_total"))
        }
    }
}

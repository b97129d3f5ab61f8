import Primitives
import Roles
import Testing

@Suite struct ProtocolSettingsTests {
    private let settings = ProtocolSettings()

    @Test func `a request with a payload is waited for as long as the slowest link takes`() {
        #expect(settings.timeout(forBytes: 0) == settings.requestTimeout)
        let bytes = 3 * settings.slowestTransferBytesPerSecond
        #expect(settings.timeout(forBytes: bytes) == settings.requestTimeout + .seconds(3))
    }

    @Test func `waits between tries double up to a bound, spread by half either way`() {
        var random = RandomSource(seed: 1, who: 1, purpose: 1)
        for attempt in 1...20 {
            let middle = settings.retryDelay * (1 << min(attempt - 1, 6))
            var drawn: Set<Duration> = []
            for _ in 0..<50 {
                let wait = settings.backoff(attempt: attempt, random: &random)
                #expect(wait >= middle / 2 && wait <= middle + middle / 2)
                drawn.insert(wait)
            }
            #expect(drawn.count > 40)
        }
    }

    @Test func `an upload expires before what looks like an orphan is collected`() {
        #expect(settings.uploadExpiry < settings.orphanGrace)
    }
}

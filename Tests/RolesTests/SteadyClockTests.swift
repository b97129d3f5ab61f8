import Primitives
import Testing

@testable import Roles

@Suite struct SteadyClockTests {
    @Test func `time passes as the clock shows, and never goes back`() {
        var clock = SteadyClock()
        let shown: [Int64] = [5, 6, 100, 101, 7, 8, 9, 4, 5, 50]
        let times = shown.map { clock.time(showing: .origin + .seconds($0)).seconds }
        #expect(times == [5, 6, 100, 101, 101, 102, 103, 103, 104, 149])
        #expect(clock.shown(at: .origin + .seconds(150)) == .origin + .seconds(51))
    }
}

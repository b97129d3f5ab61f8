import Primitives
import Simulation

/// Draws values of a scenario: round ones, and small ones more often than large ones.
struct Draw {
    private var random: RandomSource

    /// Streams of scenarios are none of a world's.
    private static let purpose: UInt64 = 0x7363_656E_6172_696F

    /// The stream of one feature of the scenario of a seed: what one draws shifts no other.
    init(seed: UInt64, feature: String) {
        random = RandomSource(seed: seed, who: UInt64(namedBy: feature), purpose: Self.purpose)
    }

    mutating func coin(_ probability: Double = 0.5) -> Bool { random.chance(probability) }

    mutating func one<Element>(of elements: [Element]) -> Element {
        elements[random.below(elements.count)]
    }

    mutating func some<Element>(_ count: Int, of elements: [Element]) -> [Element] {
        var elements = elements
        random.shuffle(&elements)
        return Array(elements.prefix(count))
    }

    /// Uniform in the logarithm, as are all numbers below.
    mutating func count(_ range: ClosedRange<Int>) -> Int {
        let low = Double(range.lowerBound + 1)
        let drawn = low * PortableMath.pow(Double(range.upperBound + 2) / low, random.unit())
        return min(max(Int(drawn) - 1, range.lowerBound), range.upperBound)
    }

    /// With two digits that are not 0. The bounds are positive.
    mutating func number(_ range: ClosedRange<Double>) -> Double {
        let (low, high) = (range.lowerBound, range.upperBound)
        let drawn = low * PortableMath.pow(high / low, random.unit())
        let rounded = Double(DecimalNumber(drawn, significantDigits: 2).jsonText) ?? drawn
        return min(max(rounded, low), high)
    }

    /// With two digits that are not 0.
    mutating func span(_ low: Duration, _ high: Duration) -> Duration {
        guard low < high else { return high }
        let drawn = count(Int(low.nanoseconds)...Int(high.nanoseconds))
        var unit = 1
        while drawn / unit >= 100 { unit *= 10 }
        return max(low, Duration(nanoseconds: Int64(drawn / unit * unit)))
    }

    mutating func law(_ low: Duration, _ high: Duration) -> Distribution {
        let span = span(low, high)
        switch random.below(4) {
        case 0: return .constant(span)
        case 1: return .weibull(shape: number(0.5...3), scale: span)
        default: return .exponential(mean: span)
        }
    }
}

/// What faults are drawn from.
extension Draw {
    /// When a fault begins and how long it lasts, within the world's duration.
    mutating func time(in world: WorldConfiguration) -> (at: Duration, lasting: Duration) {
        let at = span(.seconds(1), world.duration.scaled(by: 0.8))
        return (at, span(.seconds(1), min(.hours(12), world.duration - at)))
    }

    /// The time from one strike to the next.
    mutating func recurrence(in world: WorldConfiguration) -> Distribution {
        law(max(.minutes(2), world.duration / 60), world.duration)
    }

    mutating func selection(in world: WorldConfiguration) -> FaultSettings.Selection {
        let topology = world.topology
        return one(of: [
            nodes(in: world), nodes(in: world), nodes(in: world),
            .region(one(of: topology.regions)), .backends,
            .backend(count(0...topology.backends - 1)), discoveries(in: world), .users,
        ])
    }

    /// A selection of discoveries alone.
    mutating func discoveries(in world: WorldConfiguration) -> FaultSettings.Selection {
        coin() ? .discoveries : .discovery(count(0...world.topology.discoveries - 1))
    }

    /// A selection of those who have disks.
    mutating func disks(in world: WorldConfiguration) -> FaultSettings.Selection {
        coin(0.75) ? nodes(in: world) : backends(in: world)
    }

    /// A selection of backends alone.
    mutating func backends(in world: WorldConfiguration) -> FaultSettings.Selection {
        one(of: [.backends, .backend(count(0...world.topology.backends - 1))])
    }

    /// A selection of nodes alone.
    mutating func nodes(in world: WorldConfiguration) -> FaultSettings.Selection {
        let topology = world.topology
        return one(of: [
            .domain(count(0...topology.failureDomains - 1)), .nodes(count(1...topology.nodes)),
            .nodes(1),
        ])
    }
}

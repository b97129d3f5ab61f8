import Primitives
import Simulation

/// How a fault of one kind is drawn for a world.
struct FaultDrawer: Sendable {
    /// The key that declares a fault of the kind.
    let name: String
    let draw: @Sendable (inout Draw, WorldConfiguration) -> FaultSettings.Kind

    private init(
        _ name: String,
        draw: @escaping @Sendable (inout Draw, WorldConfiguration) -> FaultSettings.Kind
    ) {
        self.name = name
        self.draw = draw
    }

    /// One for each kind that a scenario may declare.
    static let all = [
        FaultDrawer("partition") { draw, world in
            let (at, lasting) = draw.time(in: world)
            return .partition(
                at: at, lasting: lasting, of: draw.selection(in: world),
                direction: draw.one(of: FaultSettings.Direction.allCases))
        },
        FaultDrawer("outage") { draw, world in
            let (at, lasting) = draw.time(in: world)
            return .outage(at: at, lasting: lasting, of: draw.selection(in: world))
        },
        FaultDrawer("crashes") { draw, world in
            .crashes(
                every: draw.recurrence(in: world),
                downtime: draw.span(.milliseconds(100), .hours(1)), of: draw.selection(in: world))
        },
        FaultDrawer("degradation") { draw, world in
            let (at, lasting) = draw.time(in: world)
            return .degradation(
                at: at, lasting: lasting, of: draw.selection(in: world),
                loss: draw.coin() ? draw.number(0.001...0.5) : 0,
                duplication: draw.coin() ? draw.number(0.001...0.5) : 0,
                latencyFactor: draw.number(1.1...20))
        },
        FaultDrawer("bitRot") { draw, world in .bitRot(every: draw.recurrence(in: world)) },
        FaultDrawer("lostChunks") { draw, world in .lostChunks(every: draw.recurrence(in: world)) },
        FaultDrawer("departure") { draw, world in
            .departure(at: draw.time(in: world).at, of: draw.nodes(in: world))
        },
    ]
}

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
        coin(0.3) ? one(of: [.backends, .discoveries]) : nodes(in: world)
    }

    /// A selection that nodes may be in.
    mutating func nodes(in world: WorldConfiguration) -> FaultSettings.Selection {
        let topology = world.topology
        return one(of: [
            .domain(count(0...topology.failureDomains - 1)), .region(one(of: topology.regions)),
            .nodes(count(1...topology.nodes)), .nodes(1),
        ])
    }
}

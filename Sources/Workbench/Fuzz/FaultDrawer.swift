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
                from: draw.coin() ? draw.selection(in: world) : nil,
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
        FaultDrawer("emptied") { draw, world in
            .emptied(at: draw.time(in: world).at, of: draw.nodes(in: world))
        },
        condition("pause") { draw, world in (.paused, draw.selection(in: world)) },
        condition("clock") { draw, world in
            let offset = draw.span(.milliseconds(1), .days(2))
            let condition = Condition.clock(
                offset: draw.coin() ? offset : .zero - offset,
                drift: draw.coin() ? draw.number(0.00001...0.1) : 0)
            return (condition, draw.selection(in: world))
        },
        condition("slowTransfers") { draw, world in
            (.slowTransfers(factor: draw.number(1.1...1_000)), draw.selection(in: world))
        },
        condition("unreadable") { draw, world in
            let share = draw.coin() ? 1 : draw.number(0.01...1)
            return (.unreadableDisk(share: share), draw.nodes(in: world))
        },
        condition("fullDisk") { draw, world in (.fullDisk, draw.nodes(in: world)) },
        condition("hungDisk") { draw, world in (.hungDisk, draw.nodes(in: world)) },
        FaultDrawer("liars") { draw, world in
            .condition(
                .lying(draw.one(of: Lie.allCases)), at: draw.time(in: world).at, lasting: nil,
                of: draw.nodes(in: world))
        },
    ]

    /// One that lasts for a while.
    private static func condition(
        _ name: String,
        draw:
            @escaping @Sendable (inout Draw, WorldConfiguration) -> (
                Condition, FaultSettings.Selection
            )
    ) -> FaultDrawer {
        FaultDrawer(name) { random, world in
            let (at, lasting) = random.time(in: world)
            let (condition, of) = draw(&random, world)
            return .condition(condition, at: at, lasting: lasting, of: of)
        }
    }
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
        let topology = world.topology
        return one(of: [
            nodes(in: world), nodes(in: world), nodes(in: world),
            .region(one(of: topology.regions)), .backends,
            .backend(count(0...topology.backends - 1)), .discoveries, .users,
        ])
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

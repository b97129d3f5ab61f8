import Primitives
import Roles
import Simulation

/// A world's configuration as a person would tell it.
struct WorldInWords {
    let world: WorldConfiguration

    var text: String {
        [participants, workload, redundancy, churn, network].filter { !$0.isEmpty }
            .map { "- " + $0 + "\n" }.joined()
    }

    private var participants: String {
        let topology = world.topology
        let places =
            topology.regions.count == 1
            ? "in \(topology.regions[0])"
            : "in \(topology.regions.count) regions (\(topology.regions.joined(separator: ", ")))"
        return "\(Format.plural(topology.nodes, "storage node")) in "
            + "\(Format.plural(topology.failureDomains, "failure domain")), "
            + "\(Format.plural(topology.discoveries, "discovery", "discoveries")), "
            + "\(Format.plural(topology.backends, "backend")) and "
            + "\(Format.plural(topology.users, "user")), \(places), for "
            + "\(Format.duration(world.duration)); then \(Format.duration(world.settle)) without "
            + "faults to heal."
    }

    private var workload: String {
        let load = world.workload
        let rates = [
            (load.readsPerDay, "reads"), (load.writesPerDay, "writes"),
            (load.deletesPerDay, "deletions"), (load.undeletesPerDay, "undeletions"),
            (load.intrusionsPerDay, "attempted intrusions"),
        ].filter { $0.0 > 0 }.map { "\(Format.number($0.0)) \($0.1)" }
        let payload =
            switch load.payload {
            case .real: "Every byte is generated, sealed, stored and compared."
            case .compressed: "Every byte is generated, compressed, sealed, stored and compared."
            case .modelled:
                "Chunks carry a short stand-in, sealed and hashed for real, and charge their declared size."
            }
        return "Users put \(Format.plural(load.files, "file")) of "
            + "\(Format.bytes(Double(load.smallestFileBytes))) to "
            + "\(Format.bytes(Double(load.largestFileBytes))) in the first "
            + "\(Format.duration(load.fillDuration)), in chunks of "
            + "\(Format.bytes(Double(load.chunkBytes)))"
            + (rates.isEmpty ? ". " : "; then \(rates.joined(separator: ", ")) a day. ") + payload
    }

    private var redundancy: String {
        let settings = world.settings
        return "A chunk should have \(Format.plural(settings.replicas, "replica")) in distinct "
            + "domains; an upload is acknowledged when \(settings.writeQuorum) of each chunk are "
            + "durable. Nodes send a heartbeat every \(Format.duration(settings.heartbeatInterval)), "
            + "are suspect after \(Format.duration(settings.suspectAfter)) of silence and dead after "
            + "\(Format.duration(settings.deadAfter)), when repair begins."
            + (settings.auditInterval == .zero
                ? ""
                : " Each backend has each node prove every \(Format.duration(settings.auditInterval)) "
                    + "that it holds a chunk.")
    }

    private var churn: String {
        let churn = world.churn
        var parts: [String] = []
        if let session = churn.session, let downtime = churn.downtime {
            parts.append(
                "Nodes are online for \(session.inWords), then offline for \(downtime.inWords).")
        }
        if let lifetime = churn.lifetime {
            let replacement =
                churn.replacement.map { "; a new, empty one takes its place after \($0.inWords)" }
                ?? ""
            parts.append(
                "A node is destroyed with its data after \(lifetime.inWords)\(replacement).")
        }
        return parts.isEmpty
            ? "Nodes do not come and go of themselves." : parts.joined(separator: " ")
    }

    private var network: String {
        let network = world.network
        let faults = [(network.loss, "lost"), (network.duplication, "delivered twice")]
            .filter { $0.0 > 0 }.map { "\(Format.share($0.0)) of messages are \($0.1)" }
        return "Latencies are those measured between the regions, up to "
            + "\(Format.share(network.jitter)) longer"
            + (faults.isEmpty ? "." : "; \(faults.joined(separator: " and ")).")
    }
}

extension Scenario {
    /// What the scenario simulates, for somebody who checks it before running it.
    package var inWords: String {
        let faults = configuration.faults.map { "- Fault \($0.name): \($0.kind.inWords).\n" }
        let expectations = expectations.map { "- Expected: \($0.path) \($0.bounds).\n" }
        return WorldInWords(world: configuration).text + (faults + expectations).joined()
    }
}

extension Distribution {
    /// "4.2 h", "Weibull, shape 0.6, mean 14 h".
    var inWords: String {
        switch self {
        case .constant(let value): Format.duration(value)
        case .exponential(let mean): "a time drawn exponentially (mean \(Format.duration(mean)))"
        case .weibull(let shape, let scale):
            "a time drawn from a Weibull law (shape \(Format.number(shape)), scale "
                + "\(Format.duration(scale)), mean \(Format.seconds(meanSeconds)))"
        }
    }

    /// The mean: scale · Γ(1 + 1/shape) for a Weibull law.
    var meanSeconds: Double {
        switch self {
        case .constant(let value): value.seconds
        case .exponential(let mean): mean.seconds
        case .weibull(let shape, let scale):
            scale.seconds * PortableMath.exp(SpecialFunctions.logGamma(1 + 1 / shape))
        }
    }
}

extension FaultSettings.Selection {
    /// "domain 2", "everybody in tokyo".
    var inWords: String {
        switch self {
        case .domain(let index): "domain \(index)"
        case .region(let name): "everybody in \(name)"
        case .nodes(let count): Format.plural(count, "random node")
        case .backends: "all backends"
        case .backend(let slot): "backend \(slot)"
        case .discovery(let slot): "discovery \(slot)"
        case .users: "all users"
        case .discoveries: "all discoveries"
        }
    }
}

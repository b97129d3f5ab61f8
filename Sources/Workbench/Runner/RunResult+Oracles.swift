import Observation
import Simulation

extension RunResult {
    /// The oracles that had nothing to look at although the scenario gives them cause: the run says nothing
    /// of what they know.
    ///
    /// Every scenario with files gives cause to all but `collection`, whose cause is a node that leaves: what
    /// else makes nodes delete replicas hangs on what happens. In a run that was stopped, none had its chance.
    package var blindOracles: [String] {
        guard isComplete else { return [] }
        return measurements.oracles.filter { oracle in
            oracle.checks == 0
                && Oracles.Name(rawValue: oracle.name).map(scenario.givesCause) ?? false
        }.map(\.name)
    }
}

extension Scenario {
    fileprivate func givesCause(to oracle: Oracles.Name) -> Bool {
        let workload = configuration.workload
        switch oracle {
        case .durability, .readIntegrity, .ownerOnly, .noPlaintext, .durableAcknowledgement,
            .inventoryTruth, .redundancyRestored:
            return workload.files > 0 || workload.writesPerDay > 0
        case .collection: return configuration.faults.contains { $0.kind.sendsAway }
        case .ledger, .liveness: return true
        }
    }
}

import Primitives

/// Checks from outside the roles: each knows something that must be true, counts how often it looked
/// and keeps the first violations in words.
package struct Oracles: Sendable {
    /// The oracles, by the names that reports use.
    package enum Name: String, Sendable, CaseIterable {
        /// An acknowledged file can be read back, or every replica of some chunk was destroyed.
        case durability
        /// Every read gave exactly the bytes that were written.
        case readIntegrity = "read-integrity"
        /// Nobody but its owner is given a file or a chunk of it.
        case ownerOnly = "owner-only"
        /// No plaintext is on a node, in a ledger, or on the wire between servers.
        case noPlaintext = "no-plaintext"
        /// Every ledger only grows, verifies, and names as holders only nodes that hold the chunk.
        case ledger
        /// A node never deletes a replica that a ledger counts on.
        case collection
        /// A node acknowledges only what its disk would keep in a crash.
        case durableAcknowledgement = "durable-acknowledgement"
        /// What a node reports is what its disk holds.
        case inventoryTruth = "inventory-truth"
        /// Once faults stop, every surviving chunk is back at its target, in as many failure domains as
        /// there can be; and while they go on, what is known to be lacking is not left so.
        case redundancyRestored = "redundancy-restored"
        /// Once faults stop, whatever was begun ends, all agree on who is there, and nothing spins.
        case liveness
    }

    private struct Tally: Sendable {
        var checks: UInt64 = 0
        var violations: UInt64 = 0
        var examples: [String] = []
        /// Examples that say already what was under way.
        var placed = 0
    }

    private static let exampleLimit = 5
    private var tallies = Array(repeating: Tally(), count: Name.allCases.count)
    /// There are examples that do not say yet what was under way.
    package private(set) var awaitsPlace = false

    /// Notes one check. `what` is said of a violation only.
    mutating func check(
        _ name: Name, at now: Instant, _ holds: Bool, _ what: @autoclosure () -> String
    ) {
        let index = Name.allCases.firstIndex(of: name)!
        tallies[index].checks += 1
        guard !holds else { return }
        tallies[index].violations += 1
        if tallies[index].examples.count < Self.exampleLimit {
            tallies[index].examples.append("at \(now.seconds) s: \(what())")
            awaitsPlace = true
        }
    }

    /// Says of what was seen since the last call what was under way then.
    mutating func place(_ place: String) {
        for index in tallies.indices {
            for example in tallies[index].placed..<tallies[index].examples.count {
                tallies[index].examples[example] += " (\(place))"
            }
            tallies[index].placed = tallies[index].examples.count
        }
        awaitsPlace = false
    }

    package var violations: UInt64 { tallies.reduce(0) { $0 + $1.violations } }

    package func violations(of name: Name) -> UInt64 {
        tallies[Name.allCases.firstIndex(of: name)!].violations
    }

    package var outcomes: [OracleOutcome] {
        zip(Name.allCases, tallies).map { name, tally in
            OracleOutcome(
                name: name.rawValue, checks: tally.checks, violations: tally.violations,
                examples: tally.examples)
        }
    }
}

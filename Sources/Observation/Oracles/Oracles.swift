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
        /// Once faults stop, every surviving chunk is back at its target.
        case redundancyRestored = "redundancy-restored"
    }

    private struct Tally: Sendable {
        var checks: UInt64 = 0
        var violations: UInt64 = 0
        var examples: [String] = []
    }

    /// What every plaintext chunk and file name of a run begins with: it must never be seen on a server.
    package static let canary = Array("dsim: plaintext.".utf8)

    static func holdsCanary(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= canary.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            (0...bytes.count - canary.count).contains { start in
                bytes[start] == canary[0]
                    && canary.indices.allSatisfy { bytes[start + $0] == canary[$0] }
            }
        }
    }

    private static let exampleLimit = 5
    private var tallies = Array(repeating: Tally(), count: Name.allCases.count)

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
        }
    }

    /// Adds checks that were made elsewhere.
    mutating func tally(_ name: Name, checks: UInt64, violations: UInt64) {
        let index = Name.allCases.firstIndex(of: name)!
        tallies[index].checks += checks
        tallies[index].violations += violations
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

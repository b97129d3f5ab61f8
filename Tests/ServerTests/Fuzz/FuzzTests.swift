import Cryptography
import Foundation
import Primitives
import Roles
import Testing

@testable import Server

/// Every route, asked for with what its description allows and with what it does not.
@Suite struct FuzzTests {
    /// From `FUZZ_SEED`, or new; `FUZZ_CASES` is how many requests each operation gets.
    private static let seed =
        ProcessInfo.processInfo.environment["FUZZ_SEED"].flatMap { UInt64($0) }
        ?? UInt64.random(in: 0...99_999_999)
    private static let cases =
        ProcessInfo.processInfo.environment["FUZZ_CASES"].flatMap { Int($0) } ?? 25

    /// Who sends a request, as far as the server can tell.
    private struct Senders: Sendable {
        let network: EdgeNetwork
        let user: EdgeNetwork.User
        let peers: [TestPeer]
        let stranger: TestPeer

        init(_ network: EdgeNetwork) async throws {
            self.network = network
            user = try await network.user("fuzz")
            peers = [
                try TestPeer(.node, seed: 101, token: network.token),
                try TestPeer(.backend, seed: 102, token: network.token),
                try TestPeer(.discovery, seed: 103, token: network.token),
            ]
            let token = try #require(JoinToken("the token of another network"))
            stranger = try TestPeer(.backend, seed: 104, token: token)
        }

        func headers(
            _ role: EdgeNetwork.Role, _ operation: APIDescription.Operation, _ target: String,
            _ body: [UInt8]?, _ input: inout FuzzInput
        ) -> [(String, String)] {
            if operation.security.contains("serverSignature"), input.random.chance(0.85) {
                let peer =
                    input.random.chance(0.9)
                    ? peers[input.random.below(peers.count)] : stranger
                // What a chunk's name stands for is signed in place of the body's hash.
                let named = target.firstRange(of: "chunk=").flatMap {
                    Hash256(hexadecimal: String(target[$0.upperBound...].prefix(64)))
                }
                return peer.headers(
                    operation.method, target, to: network.id(role), body: body ?? [],
                    bodyHash: named)
            }
            switch input.random.below(8) {
            case 0: return []
            case 1: return [("Authorization", "Bearer \(input.pick(Self.garbage))")]
            case 2: return [("Authorization", input.pick(Self.garbage))]
            case 3: return user.sealed
            case 4: return [("Cookie", "dsim_session=\(user.openToken)")]
            default: return user.open
            }
        }

        private static let garbage = [
            "", "x", "a.b.c", "...", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
            "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", String(repeating: "A", count: 4_000),
            "DecentraStore", "DecentraStore zz", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Bearer",
            "DecentraStore " + String(repeating: "00", count: 112),
            "DecentraStore " + String(repeating: "ff", count: 112),
            "DecentraStore-Session", "DecentraStore-Session zz",
            "DecentraStore-Session " + String(repeating: "00", count: 56),
            "DecentraStore-Session " + String(repeating: "ff", count: 56),
        ]
    }

    @Test(arguments: EdgeNetwork.Role.allCases)
    func `nothing that is asked for breaks a server`(role: EdgeNetwork.Role) async throws {
        try await EdgeNetwork.run { network in
            let senders = try await Senders(network)
            let description = try await network.description(of: role)
            for (number, operation) in description.operations.enumerated() {
                var input = FuzzInput(
                    random: RandomSource(seed: Self.seed, who: UInt64(number), purpose: 0),
                    check: description.check)
                for turn in 0..<Self.cases {
                    let target = input.target(operation)
                    let body = input.body(operation)
                    let headers =
                        senders.headers(role, operation, target, body, &input) + input.noise()
                    let story = "FUZZ_SEED=\(Self.seed), \(operation.name), turn \(turn), \(target)"
                    let answer = try await #require(
                        RawConnection.request(
                            network.port(role), operation.method, target, headers: headers,
                            body: body), "no answer: \(story)")
                    #expect(answer.status < 500 || [503, 507].contains(answer.status), "\(story)")
                    // A target can lead elsewhere, and what is not HTTP has a bare answer.
                    if answer.status == 400, answer.body.isEmpty { continue }
                    if target.contains("/..") || target.contains("%2f") { continue }
                    let problems = description.problems(answer, to: operation)
                    #expect(problems.isEmpty, "\(story): \(problems)")
                }
            }
            for role in EdgeNetwork.Role.allCases {
                #expect(try await network.request(role, "GET", "/health").status == 200)
            }
            #expect(try await network.request(.backend, "GET", "/ready").status == 200)
            let mistakes = network.logs.lines.filter { $0.contains("unexpected error") }
            #expect(mistakes.isEmpty, "FUZZ_SEED=\(Self.seed): \(mistakes)")
        }
    }
}

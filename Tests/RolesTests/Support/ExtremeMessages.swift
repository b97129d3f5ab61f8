import Ledger
import Merkle
import Primitives

@testable import Roles

/// Every kind of message with the least and the greatest of what its fields can hold, decoders or not.
enum ExtremeMessages {
    private static let chunk = TestChunk(1)
    private static let words: [UInt64] = [0, 1, 1 << 63 - 1, 1 << 63, .max - 1, .max]
    private static let counts = [Int.min, -1, 0, 1, 64, 16 << 20, 1 << 40, .max]
    private static let times = [
        .min, -1, 0, 1, Instant.admitted.upperBound.nanoseconds, .max,
    ].map { Instant(nanoseconds: $0) }
    private static let chunks: [[ChunkID]] = [
        [], [chunk.id], [chunk.id, chunk.id], (0..<300).map { TestChunk($0).id },
    ]

    static let requests: [Request] =
        MessageSamples.requests + discoveryRequests.map { .discovery($0) }
        + nodeRequests.map { .node($0) } + fileRequests.map { .file($0) }

    static let answers: [Answer] =
        MessageSamples.answers + discoveryAnswers.map { .discovery($0) }
        + nodeAnswers.map { .node($0) } + fileAnswers.map { .file($0) }

    // MARK: Discoveries

    private static let registrations = words.flatMap { word in
        [Peers.node(1), PeerID(word)].map { node in
            Registration(
                node: node, publicKey: Keys.publicKey(of: node), incarnation: word,
                domain: UInt32(truncatingIfNeeded: word), capacityBytes: word, freeBytes: ~word)
        }
    }

    private static let discoveryRequests: [DiscoveryRequest] =
        registrations.map { .register($0) }
        + words.flatMap { word -> [DiscoveryRequest] in
            [
                .heartbeat(
                    Heartbeat(lease: UInt32(truncatingIfNeeded: word), freeBytes: word)),
                .heartbeat(Heartbeat(lease: 0, freeBytes: word)),
                .peers(PeersRequest(epoch: word, since: word)),
            ]
        }

    private static let discoveryAnswers: [DiscoveryAnswer] = words.flatMap { word in
        PeerStatus.allCases.map { status in
            .peers(
                PeersAnswer(
                    epoch: word, version: word,
                    reports: registrations.map { PeerReport(registration: $0, status: status) }))
        } + [.register(Lease(number: UInt32(truncatingIfNeeded: word)))]
    }

    // MARK: Nodes

    private static let payloads =
        counts.flatMap { count in
            [[], chunk.payload.bytes].map { Payload(bytes: $0, byteCount: count) }
        } + [TestChunk(2).payload]

    private static let questions =
        [0, 1, 10_000].map { count in
            InventoryQuestion(prefixes: (0..<count).map { _ in .root })
        } + [
            InventoryQuestion(prefixes: [
                InventoryPrefix(chunk.id.hash, depth: InventoryPrefix.maximumDepth)
            ]), InventoryQuestion(opening: .zero),
        ]

    private static let nodeRequests: [NodeRequest] =
        times.flatMap { time -> [NodeRequest] in
            let capability = Capability(
                issuer: Peers.backend, bearer: Peers.node(1), chunk: chunk.id, expires: time)
            return payloads.map {
                .store(StoreRequest(chunk: chunk.id, payload: $0, stamp: time))
            } + times.map { .delete(DeleteRequest(chunk: chunk.id, stamp: time, expires: $0)) }
                + counts.map {
                    .copy(
                        CopyRequest(
                            chunk: TestChunk(3).id, byteCount: $0, source: Peers.node(2),
                            stamp: time, capability: capability))
                } + [.retrieve(RetrieveRequest(chunk: chunk.id, capability: capability))]
        } + questions.map { .inventory(InventoryRequest($0)) }
        + heights.flatMap { height in
            [.fetchBlock(FetchBlockRequest(height: height))]
                + payloads.map { .keepBlock(KeepBlockRequest(height: height, block: $0)) }
        }

    private static let heights: [UInt64] = [0, 1, 1 << 44, .max]

    private static let entries: [[InventoryAnswer.Entry]] = [
        [], [.same], [.same, .same], [.bucket([])], [.bucket([chunk.id, chunk.id])],
        [.bucket((0..<1_000).map { TestChunk($0).id })], [.children([])],
        [.children([Hash256](repeating: .zero, count: 16))],
        [.children([Hash256](repeating: chunk.id.hash, count: 16))],
        [.children([Hash256](repeating: chunk.id.hash, count: 17))],
        [InventoryAnswer.Entry](repeating: .same, count: 10_000),
    ]

    /// Inventories' answers name the question that they answer.
    private static let nodeAnswers: [NodeAnswer] =
        payloads.map { .retrieve(.found($0)) }
        + entries.flatMap { entries in
            [0, InventoryQuestion(opening: InventoryTree([]).rootHashOfCopy).fingerprint].map {
                .inventory(.answered(InventoryAnswer(question: $0, entries: entries)))
            }
        }
        + heights.flatMap { count -> [NodeAnswer] in
            KeepBlockOutcome.allCases.map {
                .keepBlock(KeepBlockAnswer(outcome: $0, count: count))
            } + payloads.map { .fetchBlock(.known(KnownLedger(count: count, block: $0))) }
        }

    // MARK: Users

    private static let fileRequests: [FileRequest] =
        payloads.map { .putChunk(PutChunkRequest(chunk: chunk.id, payload: $0)) }
        + chunks.flatMap { chunks -> [FileRequest] in
            [
                .commit(MessageSamples.commit(file: 1, chunks)),
                .commit(
                    CommitRequest(
                        file: FileID(high: .max, low: .max), chunks: chunks,
                        sealedManifest: [UInt8](repeating: 1, count: 10_000),
                        wrappedKey: [UInt8](repeating: 1, count: 60))),
                .delete(DeleteFileRequest(file: FileID(high: 0, low: 1), chunks: chunks)),
                .undelete(UndeleteFileRequest(file: FileID(high: 0, low: 1), chunks: chunks)),
            ]
        }
        + proofs.map {
            .getChunk(
                GetChunkRequest(file: FileID(high: 0, low: 1), chunk: chunk.id, proof: $0))
        }

    private static let proofs = counts.flatMap { index in
        counts.flatMap { size in
            [0, 1, 64].map { count in
                InclusionProof(
                    index: index, treeSize: size,
                    path: [Hash256](repeating: .zero, count: count))
            }
        }
    }

    private static let fileAnswers: [FileAnswer] =
        payloads.map { .getChunk(.found($0)) } + [.commit(.unknownChunks([0, .max]))]
}

extension InventoryTree {
    fileprivate var rootHashOfCopy: Hash256 {
        var copy = self
        return copy.rootHash
    }
}

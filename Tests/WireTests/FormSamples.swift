import Cryptography
import Ledger
import Merkle
import Primitives

@testable import Wire

/// A form of each kind with every member that it may have.
enum FormSamples {
    static let all: [any Codable & Hashable & Sendable] =
        accounts + files + ledger + network + servers

    private static let time = WireTime.text(.origin)
    private static let bytes = Base64([1, 2, 3])
    private static let chunk = ChunkID(SHA256.hash([1]))
    private static let id = FileID(high: 1, low: 2)

    private static let accounts: [any Codable & Hashable & Sendable] = {
        var register = RegisterForm(user: "ada", password: "a password")
        register.key = bytes
        var logIn = LogInForm(user: "ada", password: "a password", cookie: true)
        let proof = LogInProofForm(address: "a", challenge: Hex([1]), signature: Hex([2]))
        (logIn.proof, logIn.formerProof) = (proof, Hex([3]))
        var password = PasswordForm(current: "a password", new: "another")
        (password.proof, password.formerProof, password.key) = (proof, Hex([1]), bytes)
        return [
            register, UserForm(user: "ada"), proof, logIn, password,
            LogInParametersForm(
                salt: Hex([1]), cost: 2, blockSize: 8, parallelization: 1, challenge: Hex([2])),
            SessionForm(token: "t", expires: time, user: "ada", key: bytes),
            AccountForm(user: "ada", session: .sealed, expires: time),
        ]
    }()

    private static let file = FileForm(
        id: id, name: "a", size: 1, sha256: .zero, chunks: 1, chunkSize: 262_144, created: time,
        redundancy: FileForm.Redundancy(target: 3, least: 2))

    private static let sealed = SealedFileForm(
        id: id, root: .zero, chunks: 1, created: time, sealedManifest: bytes, wrappedKey: bytes)

    private static let files: [any Codable & Hashable & Sendable] = [
        file, FileListForm(files: [file]), sealed, SealedFileListForm(files: [sealed]),
        CommitForm(chunks: [chunk], sealedManifest: bytes, wrappedKey: bytes),
        FileIDForm(id: id), DeleteForm(chunks: [chunk]),
    ]

    private static let ledger: [any Codable & Hashable & Sendable] = {
        var writer = LedgerWriter(
            signingKey: try! SigningKey(
                seed: SecretKey(copying: [UInt8](repeating: 1, count: 32))))
        let records: [Record] = [
            .file(
                FileRecord(
                    owner: OwnerTag(.zero), file: id, root: .zero, chunkCount: 1,
                    sealedManifest: [1], wrappedKey: [1])),
            .placement(PlacementRecord(chunk: chunk, size: 7, nodes: [PeerID(5)])),
            .membership(MembershipRecord(node: PeerID(5), event: .declaredDead)),
        ]
        let block = writer.append(records, at: .origin)
        let header = HeaderForm(block)
        let entries = block.records.map { record in
            var entry = RecordEntryForm(index: 0, record: record)
            (entry.own, entry.name) = (true, "a")
            return entry
        }
        return [
            header, BlockListForm(blocks: [header]), BlockForm(header: header, entries: entries),
            LedgerForm(blocks: 1, records: 3, root: .zero, writer: .zero, tip: header),
            LedgerProofForm(
                proof: InclusionProof(index: 1, treeSize: 3, path: [.zero, .zero]), leaf: .zero,
                header: header),
        ] + entries
    }()

    private static let network: [any Codable & Hashable & Sendable] = [
        NetworkForm(
            nodes: [
                NetworkForm.Node(
                    id: PeerID(1), address: "http://127.0.0.1:1", status: .alive, domain: 1,
                    capacityBytes: 2, freeBytes: 1, chunks: 1, lastSeen: time,
                    clockAheadMilliseconds: -1)
            ],
            discoveries: [
                .init(url: "http://127.0.0.1:1", isAnswering: true, clockAheadMilliseconds: 1)
            ],
            redundancy: .init(target: 3, chunksByReplicas: [0, 1]),
            repair: .init(waiting: 1, underWay: 1), ledger: .init(blocks: 1, records: 1))
    ]

    private static let servers: [any Codable & Hashable & Sendable] = [
        ErrorForm(code: "unknown-chunks", message: "m", indices: [0]),
        HealthForm(status: "ok", role: "node", id: "1", version: "1"),
        ReadyForm(ready: true, reason: "r"),
        NodeStatusForm(
            id: PeerID(1), phase: .leaving, chunks: 1, usedBytes: 1, trashBytes: 1,
            capacityBytes: 2,
            backends: [PeerID(2)], awaiting: [PeerID(2)]),
        LedgerHeadsForm(heads: [Hex([1])]),
    ]
}

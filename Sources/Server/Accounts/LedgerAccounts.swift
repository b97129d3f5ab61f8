import Cryptography
import Files
import Ledger
import Logging
import Primitives
import Roles
import Storage
import Synchronization

/// Keeps accounts in the database, and sealed in the ledger as well: with the ledger they come back from
/// the nodes that keep it. Sessions are in the database alone.
final class LedgerAccounts: AccountStore {
    private let database: BackendDatabase
    private let host: Host<Backend>
    private let seal: AccountSeal
    private let logger: Logger
    /// Database and ledger agree.
    private let agree = Atomic(false)
    /// The ledger lacks something that the database has.
    private let isBehind = Atomic(false)

    /// `key` is as lasting as the ledger.
    init(
        database: BackendDatabase, host: Host<Backend>, key: SecretKey, logger: Logger
    ) throws {
        self.database = database
        self.host = host
        self.logger = logger
        seal = try AccountSeal(key: key)
    }

    /// Whether users can log in.
    var isReady: Bool { agree.load(ordering: .acquiring) }

    func add(_ account: StoredAccount) async throws(BackendDatabaseError) -> Bool {
        guard try await database.add(account) else { return false }
        await record(account)
        return true
    }

    func replaceKey(
        of account: PeerID, present: [UInt8], new: [UInt8], keeping token: TokenID
    ) async throws(BackendDatabaseError) -> Bool {
        let isReplaced = try await database.replaceKey(
            of: account, present: present, new: new, keeping: token)
        if isReplaced,
            let changed = try await database.standing(of: token, account: account).account
        {
            await record(changed)
        }
        return isReplaced
    }

    func account(named name: String) async throws(BackendDatabaseError) -> StoredAccount? {
        try await database.account(named: name)
    }

    func standing(
        of token: TokenID, account: PeerID
    ) async throws(BackendDatabaseError) -> TokenStanding {
        try await database.standing(of: token, account: account)
    }

    func revoke(_ token: TokenID, expires: Instant) async throws(BackendDatabaseError) {
        try await database.revoke(token, expires: expires)
    }

    func forgetRevoked(before now: Instant) async throws(BackendDatabaseError) {
        try await database.forgetRevoked(before: now)
    }

    // MARK: The ledger

    /// Once the ledger is there: of each account, what is newer goes from the ledger into the database,
    /// which was lost or is an old one, or from the database into the ledger.
    func reconcile() async throws {
        var accounts = try await database.accounts()
        let recorded = await host.read { $0.accounts }
        if try recorded != own(accounts) {
            let count = try await restore(over: accounts)
            if count > 0 {
                logger.notice("accounts are back", metadata: ["accounts": "\(count)"])
                accounts = try await database.accounts()
            }
        }
        agree.store(true, ordering: .releasing)
        for account in accounts { await record(account) }
    }

    /// Records what could not be when it changed.
    func catchUp() async throws {
        guard isBehind.exchange(false, ordering: .acquiringAndReleasing) else { return }
        for account in try await database.accounts() { await record(account) }
    }

    /// What the ledger would say of accounts.
    private func own(_ accounts: [StoredAccount]) throws -> [Hash256: Hash256] {
        var own: [Hash256: Hash256] = [:]
        for account in accounts {
            let name = seal.name(of: account.id)
            own[name] = SHA256.hash(try seal.seal(account.encoded(), of: name))
        }
        return own
    }

    /// Brings back accounts of which the ledger has a later generation, or which are not there. Returns
    /// how many.
    private func restore(over accounts: [StoredAccount]) async throws -> Int {
        let generations = Dictionary(
            uniqueKeysWithValues: accounts.map { ($0.id, $0.generation) })
        var last: [Hash256: [UInt8]] = [:]
        var height: UInt64 = 0
        while let bytes = try await database.block(height) {
            for case .account(let record) in try Block(decoding: bytes).records {
                last[record.account] = record.sealed
            }
            height += 1
        }
        var count = 0
        for (name, sealed) in last {
            let account = try StoredAccount(decoding: try seal.open(sealed, of: name))
            if let own = generations[account.id], own >= account.generation { continue }
            try await database.restore(account)
            count += 1
        }
        return count
    }

    private func record(_ account: StoredAccount) async {
        let name = seal.name(of: account.id)
        do {
            await record(try seal.seal(account.encoded(), of: name), as: name)
        } catch {
            logger.error("an account cannot be sealed", metadata: ["error": "\(error)"])
        }
    }

    private func record(_ sealed: [UInt8], as name: Hash256) async {
        let hash = SHA256.hash(sealed)
        guard await host.read({ $0.accounts[name] }) != hash else { return }
        let answer = await host.receive(
            .file(.keepAccount(KeepAccountRequest(account: name, sealed: sealed))), from: host.id,
            timeout: .minutes(1))
        guard case .file(.keepAccount(.kept))? = answer else {
            isBehind.store(true, ordering: .releasing)
            return logger.warning("an account is not in the ledger yet")
        }
    }
}

extension StoredAccount {
    /// What comes back of it: id, name, key, time and generation, each session of which has ended.
    fileprivate func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(id.raw)
        writer.write(name)
        writer.write(prefixed: key)
        writer.write(created.nanoseconds)
        writer.write(generation)
        return writer.bytes
    }

    fileprivate init(decoding bytes: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        self.init(
            id: PeerID(try reader.read(UInt64.self)), name: try reader.readString(),
            key: try reader.readPrefixed(), created: try reader.readInstant())
        generation = try reader.read(Int64.self)
        try reader.finish()
    }
}

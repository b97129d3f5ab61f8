import Client
import Files
import Foundation
import Hummingbird
import Primitives
import Segments
import Storage
import Testing

@testable import Roles
@testable import Server

@Suite struct LimitsTests {
    private static let limits: [(String, Int)] = {
        let settings = ServerSettings()
        let accounts = Accounts.Settings()
        return [
            ("Bytes of a request's head", ServerShell.headLimit),
            ("Fields of a request's head", ServerShell.fieldLimit),
            ("Bytes of a form from a user", RequestLimits.form),
            ("Bytes of a commit, or of a deletion with chunks", RequestLimits.commit),
            ("Bytes of JSON between servers", CopyRequest.bodyLimit),
            ("Bytes of a question about an inventory", InventoryRequest.bodyLimit),
            ("Bytes of a sealed chunk", StoreRequest.bodyLimit),
            ("Bytes of a file's chunk before sealing, least", ChunkSize.allowed.lowerBound),
            ("Bytes of a file's chunk before sealing, most", ChunkSize.allowed.upperBound),
            ("Chunks of a file", Manifest.chunkLimit),
            (
                "Bytes of a file, of which chunks are as large as it needs",
                Int(ChunkSize.largest.largestFile)
            ),
            ("Bytes of what `dsim put` reads from a pipe", Int(ChunkSize.standard.largestFile)),
            (
                "Bytes of a sealed manifest, besides 32 for each chunk",
                Manifest.largestSealedCount(chunks: 0)
            ),
            ("Bytes of a wrapped file key", MasterKey.wrappedCount),
            ("Bytes of a file's name", FileName.counts.upperBound),
            ("Characters of a user's name", AccountName.maximumCount),
            ("Bytes of a password, least", Password.counts.lowerBound),
            ("Bytes of a password, most", Password.counts.upperBound),
            ("Characters of a join token or secret key, least", JoinToken.minimumLength),
            ("Bytes of a server's address", Contact.addressLimit),
            ("Members of a network", Directory.limit),
            ("Connections at once, unless set", settings.connectionLimit),
            (
                "Connections of one address at once, unless set",
                ConnectionLimiter(settings).limit
            ),
            ("Descriptors of a server, least", Descriptors.least),
            ("Descriptors that a server reserves for files", Descriptors.mostReserved),
            ("Data files that a node keeps open", ChunkStoreLimits().openSegments),
            ("Index files that a node keeps open", ChunkStoreLimits().openIndexes),
            (
                "Seconds that a connection may say nothing between requests",
                Int(settings.idleSeconds)
            ),
            ("Seconds that a body may say nothing", Int(settings.bodyTimeoutSeconds)),
            (
                "Bytes a second of a body, least",
                Request.slowestBytesPerSecond
            ),
            (
                "Seconds that a server's signature is good for",
                Int(RequestSignature.lifetime.seconds)
            ),
            (
                "Seconds that a signature may be ahead of the receiver's clock",
                Int((RequestSignature.lifetime * 2).seconds)
            ),
            ("Requests of others that a server takes in two minutes", ReplayGuard.standardCapacity),
            ("Requests of one other, likewise", ReplayGuard.standardCapacityOfOne),
            (
                "Minutes that a session between servers lasts",
                Int(PeerSession.lifetime.seconds / 60)
            ),
            ("Sessions that a node grants at once", GrantedSessions.limit),
            ("Chunks that a backend stores at once", Backend.uploadLimit),
            ("Chunks that a backend fetches at once", Backend.downloadLimit),
            (
                "Minutes that a stored chunk waits for its commit",
                Int(settings.protocolSettings.uploadExpiry.seconds / 60)
            ),
            (
                "Times that it waits so long again while its user stores others",
                Backend.renewalLimit
            ),
            (
                "Percent of a node's chunks that are removed at once as no ledger named them, "
                    + "unless set",
                settings.protocolSettings.orphanPercent
            ),
            (
                "Chunks that are removed so whatever their share, if they are not most of the node's",
                ProtocolSettings.fewOrphans
            ),
            ("Hours that a session lasts", Int(accounts.sessionLifetime.seconds / 3600)),
            ("Open sessions of a user", accounts.maximumOpenSessions),
            (
                "Failed log-ins in five minutes: a name from an address",
                accounts.limits.perNameAndAddress
            ),
            ("Failed log-ins in five minutes: an address", accounts.limits.perAddress),
            (
                "Failed log-ins in five minutes: a name from addresses new to it",
                accounts.limits.perName
            ),
            ("Passwords that are checked at once", accounts.maximumDerivations),
            (
                "Passwords that are made ready for new users at once",
                PasswordWorkers.registrationShare(of: accounts.maximumDerivations)
            ),
            (
                "Passwords that wait for their turn, of log-ins and of new users",
                accounts.maximumWaiting
            ),
            ("Block headers of an answer in JSON", LedgerRoutes.pageLimit),
            ("Signed block headers of an answer", LedgerRoutes.headerLimit),
        ]
    }()

    @Test func `the table says what the program does`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../.github/LIMITS.md")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("| ") && $0.contains(/[0-9] \|$/) }
        #expect(rows.map(String.init) == Self.limits.map { "| \($0) | \($1) |" })
        #expect(Accounts.Settings().limits.window == .minutes(5))
        #expect(ServerSecret.minimumLength == JoinToken.minimumLength)
    }
}

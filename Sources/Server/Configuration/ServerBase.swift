import AsyncHTTPClient
import Logging
import Storage

/// What every server is given at its start.
struct ServerBase: Sendable {
    let settings: ServerSettings
    let identity: Identity
    let token: JoinToken
    /// Larger than that of every other address that it had before.
    let addressSequence: UInt64
    let clock: Clock
    let client: HTTPClient
    let logger: Logger
    /// Where it keeps what must survive a restart.
    let folder: DataFolder
    let instrumentation: Instrumentation
}

import Cryptography
import Primitives

/// Where a client keeps things on this machine, after the XDG Base Directory Specification.
package struct ClientFolders: Sendable {
    /// For the session.
    package let configuration: String
    /// For what transfers and ledger checks remember.
    package let state: String
}

extension ClientFolders {
    /// From the environment. Nil where neither the XDG variables nor HOME say anything. Relative
    /// paths do not count, as the specification asks.
    package init?(environment: [String: String]) {
        func folder(_ variable: String, _ standard: String) -> String? {
            if let path = environment[variable], path.hasPrefix("/") { return path + "/dsim" }
            guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
            return home + "/" + standard + "/dsim"
        }
        guard let configuration = folder("XDG_CONFIG_HOME", ".config"),
            let state = folder("XDG_STATE_HOME", ".local/state")
        else { return nil }
        self.init(configuration: configuration, state: state)
    }

    package var sessionFile: SessionFile { SessionFile(path: configuration + "/session.json") }

    /// The journal of an upload.
    func uploadJournal(user: String, backend: BackendAddress, source: String) -> String {
        state + "/uploads/" + Self.digest("\(backend)\0\(user)\0\(source)") + ".journal"
    }

    /// What was last verified of a backend's ledger.
    func ledgerMemory(backend: BackendAddress) -> String {
        state + "/ledgers/" + Self.digest(backend.text) + ".json"
    }

    /// A file name that says nothing.
    private static func digest(_ text: String) -> String {
        String(SHA256.hash(Array(text.utf8)).description.prefix(32))
    }
}

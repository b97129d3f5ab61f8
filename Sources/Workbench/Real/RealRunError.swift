/// Why a scenario could not run on real servers.
package enum RealRunError: Error, Equatable, CustomStringConvertible {
    case noFolder(String)
    case noPort
    /// A server could not be started, or broke down.
    case server(String, String)

    package var description: String {
        switch self {
        case .noFolder(let reason): "cannot make a temporary folder: \(reason)"
        case .noPort: "no free port was found between 15000 and 32000"
        case .server(let name, let reason): "\(name) cannot run: \(reason)"
        }
    }
}

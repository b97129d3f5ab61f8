package import Primitives

/// Why a store cannot be opened. A folder in a newer format is refused by `DataFolder`.
package enum StorageError: Error, Equatable, CustomStringConvertible {
    case system(SystemError)

    package var description: String {
        switch self {
        case .system(let error):
            return "\(error): check that the data folder is there, is yours and has room"
        }
    }
}

/// Why a store cannot be opened.
package enum StorageError: Error, Equatable, CustomStringConvertible {
    case system(SystemError)
    /// A newer program has written one of the store's files.
    case newerFormat(path: String, found: Int, known: Int)

    package var description: String {
        switch self {
        case .system(let error):
            return "\(error): check that the data folder is there, is yours and has room"
        case .newerFormat(let path, let found, let known):
            return "\(path) has format \(found), and this program knows up to \(known): "
                + "use the newer program that wrote it"
        }
    }
}

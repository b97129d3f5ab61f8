import Platform
package import Primitives

/// Why a folder cannot serve a server for its data.
package enum DataFolderError: Error, Equatable, CustomStringConvertible {
    /// Another process has it open; nil when that one's number is not known.
    case inUse(path: String, process: Int32?)
    /// It has files, but none of them says that it is a data folder.
    case foreign(path: String)
    /// It is another kind of server's.
    case otherPurpose(path: String, found: String, wanted: String)
    /// A newer program has written it.
    case newerFormat(path: String, found: Int, known: Int)
    /// The file that describes the folder, or one of its secrets, is damaged.
    case damaged(path: String)
    case system(SystemError)

    package var description: String {
        switch self {
        case .inUse(let path, let process):
            let holder = process.map { "process \($0)" } ?? "another process"
            return "the data folder \(path) is in use by \(holder): stop it, or use another folder"
        case .foreign(let path):
            return
                "\(path) is neither empty nor a data folder: name another folder, or an empty one"
        case .otherPurpose(let path, let found, let wanted):
            return "the data folder \(path) belongs to a \(found), not to a \(wanted): "
                + "name another folder"
        case .newerFormat(let path, let found, let known):
            return "the data folder \(path) has format \(found), and this program knows up to "
                + "\(known): use the newer program that wrote it"
        case .damaged(let path):
            return "\(path) is damaged: restore it from a backup, or use another folder"
        case .system(let error):
            return "\(error): check that the folder exists, is yours and has room"
        }
    }
}

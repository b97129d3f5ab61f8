import Foundation
import NIOCore
import NIOSSL
import Primitives
import Storage
import Wire

/// Why a server could not start, or had to stop: what, where, and what to do, as a sentence for whoever
/// started it. Never carries a secret.
package struct StartError: Error, Equatable, CustomStringConvertible {
    /// What a program can act on.
    package enum Kind: Equatable, Sendable {
        case wrongSetting
        /// A data folder or a database is another's, newer, or damaged.
        case wrongData
        case unreadable
        case notCreated
        case notWritten
        /// Another process has the port or the folder.
        case inUse
        case notPermitted
        case unexpected
    }

    package var kind: Kind
    package var description: String

    private init(_ kind: Kind, _ description: String) {
        self.kind = kind
        // Errors of the storage are clauses, some of which begin with a path.
        let isClause = description.hasPrefix("the ") || description.hasPrefix("cannot ")
        let start = isClause ? description.prefix(1).uppercased() : String(description.prefix(1))
        self.description = start + description.dropFirst() + (description.hasSuffix(".") ? "" : ".")
    }

    /// A folder that cannot be made.
    static func cannotMake(folder: String) -> StartError {
        StartError(
            .notCreated,
            "The folder \(folder) cannot be made: check that the one that it is to be in exists and "
                + "is yours")
    }

    /// A file that is there and cannot be read.
    static func cannotRead(file: String) -> StartError {
        StartError(.unreadable, "\(file) cannot be read: check that it is yours")
    }

    /// A file that cannot be written.
    static func cannotWrite(file: String) -> StartError {
        StartError(
            .notWritten, "\(file) cannot be written: check that its folder is yours and has room")
    }

    /// The system lets the process open too few files.
    static func tooFewDescriptors(_ limit: Int, needed: Int) -> StartError {
        StartError(
            .notPermitted,
            "This process may open \(limit) files and connections, and needs \(needed): raise the "
                + "limit (ulimit -Hn, or LimitNOFILE of systemd)")
    }

    /// Translates whatever starting or running a server throws. `settings` tells what it was to be.
    package init(_ error: any Error, _ settings: ServerSettings) {
        switch error {
        case let error as StartError: self = error
        case let error as SettingError: self.init(.wrongSetting, error.description)
        case let error as DatabaseURLError: self.init(.wrongSetting, error.description)
        case let error as TLS.Failure: self.init(.unreadable, error.description)
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            self.init(
                .wrongSetting,
                "The TLS certificate and its key do not fit each other: check --tls-certificate "
                    + "and --tls-key")
        case let error as DataFolderError: self.init(Self.kind(of: error), error.description)
        case let error as SystemError:
            self.init(
                Self.kind(of: error),
                "\(error): check that the data folder is there, is yours and has room")
        case let error as BackendDatabaseError: self.init(Self.kind(of: error), error.description)
        case let error as IOError: self.init(error, settings)
        case is SocketAddressError, is SocketAddressError.UnknownHost:
            self.init(
                .wrongSetting,
                "There is no address \(settings.host): give --host an address of this machine")
        default:
            self.init(
                .unexpected,
                "The server stopped for a reason that it does not know (\(type(of: error))): "
                    + "please report this")
        }
    }

    private init(_ error: IOError, _ settings: ServerSettings) {
        let place = "\(settings.host), port \(settings.port)"
        switch error.errnoCode {
        case EADDRINUSE:
            self.init(
                .inUse, "Another program listens on \(place): stop it, or choose another --port")
        case EADDRNOTAVAIL:
            self.init(
                .wrongSetting,
                "\(settings.host) is not an address of this machine: give --host one that is")
        case EACCES, EPERM:
            self.init(
                .notPermitted, "This user may not listen on \(place): choose a --port above 1023")
        default:
            let reason = String(cString: strerror(error.errnoCode))
            self.init(.unexpected, "Cannot listen on \(place): \(reason)")
        }
    }

    private static func kind(of error: DataFolderError) -> Kind {
        switch error {
        case .inUse: .inUse
        case .foreign, .otherPurpose, .newerFormat, .damaged: .wrongData
        case .system(let error): kind(of: error)
        }
    }

    private static func kind(of error: SystemError) -> Kind {
        switch error.code {
        case EACCES, EPERM, EROFS: .notPermitted
        case ENOSPC, EDQUOT, EIO: .notWritten
        default: .notCreated
        }
    }

    private static func kind(of error: BackendDatabaseError) -> Kind {
        switch error {
        case .cannotOpen: .notCreated
        case .missing, .noLedger, .notADatabase, .corrupt, .newerVersion, .conflictingBlock,
            .missingBlock, .malformedRow:
            .wrongData
        case .full, .failed: .notWritten
        case .readOnly: .notPermitted
        case .busy: .inUse
        case .cancelled: .unexpected
        }
    }
}

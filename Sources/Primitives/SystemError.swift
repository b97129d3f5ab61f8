/// What is done with files, in the words of an error: "cannot … PATH".
package enum FileOperation: String, Sendable, CaseIterable {
    case open, create, read, write, sync, allocate, punch, truncate, rename, remove, list
    case inspect, lock
    case makeFolder = "make the folder"
}

/// What is asked of a file that is opened.
package enum FileOpening: Sendable {
    /// It is there, and read only.
    case reading
    /// It is there.
    case existing
    /// It is made where it is missing, and is no symbolic link.
    case kept
    /// It is made where it is missing, and emptied where it is not.
    case emptied
}

/// What the operating system refused.
package struct SystemError: Error, Equatable {
    package var operation: FileOperation
    package var path: String
    /// The value of `errno`.
    package var code: Int32

    package init(_ operation: FileOperation, _ path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    package init(_ operation: FileOperation, _ path: String, _ cause: Cause) {
        self.init(operation, path, code: cause.rawValue)
    }

    /// Causes that matter to those who go by no system's headers, by Linux's numbers.
    package enum Cause: Int32, Sendable {
        case isMissing = 2
        case isBroken = 5
        case isNotAllowed = 13
        case isThere = 17
        case isNoFolder = 20
        case isInvalid = 22
        case isTooLong = 27
        case isFull = 28
        case isGone = 116
        case isOverQuota = 122
    }

    package var cause: Cause? { Cause(rawValue: code) }

    /// The disk, or the share of it that the user may fill, has no room left.
    package var isFull: Bool { cause == .isFull || cause == .isOverQuota || cause == .isTooLong }

    /// Nothing is there.
    package var isMissing: Bool { cause == .isMissing || cause == .isNoFolder }
}

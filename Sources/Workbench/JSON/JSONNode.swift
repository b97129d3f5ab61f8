/// A place in a text file, counted from 1 as editors do; columns count Unicode scalars.
package struct TextPosition: Hashable, Comparable, Sendable {
    package var line: Int
    package var column: Int

    package static func < (a: TextPosition, b: TextPosition) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }
}

/// A JSON value (RFC 8259) that remembers where in the text it began.
package struct JSONNode: Equatable, Sendable {
    package var value: Value
    package var position: TextPosition

    package enum Value: Equatable, Sendable {
        case null
        case bool(Bool)
        /// The digits as they were written, so that no precision is lost before the reader has
        /// said what it wants.
        case number(String)
        case string(String)
        case array([JSONNode])
        /// Members in the order of the text; names are unique.
        case object([Member])
    }

    /// One name and value of an object.
    package struct Member: Equatable, Sendable {
        package var name: String
        /// Where the name began.
        package var position: TextPosition
        package var node: JSONNode
    }
}

/// Why a text is not JSON, and where.
package struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    package var position: TextPosition
    package var problem: String

    package var description: String { "\(position.line):\(position.column): \(problem)" }
}

import Glibc
import Platform
import Wire

/// Text to the standard streams, unbuffered, so that lines of a long run are seen as they come.
enum Output {
    static func standard(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// A value as JSON, or in words.
    static func show(
        _ value: some Encodable, asJSON isJSON: Bool, inWords words: () -> String
    ) throws {
        standard(isJSON ? try WireJSON.pretty(value) + "\n" : words())
    }

    static func error(_ text: String) { write(text, to: STDERR_FILENO) }

    /// Nobody can be told that telling failed, so failures are left alone.
    private static func write(_ text: String, to descriptor: CInt) {
        try? File(stream: descriptor, named: "standard stream").append(Array(text.utf8))
    }
}

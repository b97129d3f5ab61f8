import Glibc
package import Logging
import Platform
import Wire

/// Writes a JSON object a line to standard error.
package struct JSONLogHandler: LogHandler {
    package var logLevel = Logger.Level.info
    package var metadata: Logger.Metadata = [:]

    package init() {}

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { _, new in new }
            .mapValues { $0.description }
        fields["level"] = event.level.rawValue
        fields["message"] = event.message.description
        fields["time"] = WireTime.text(Clock.systemTime())
        // Nobody can be told that telling failed.
        try? File(stream: STDERR_FILENO, named: "standard error")
            .append(WireJSON.bytes(fields) + [UInt8(ascii: "\n")])
    }
}

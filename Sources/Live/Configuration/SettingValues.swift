import Foundation
package import Primitives

/// Where each setting has its value from: flags before the environment, the environment before the
/// configuration file, and that before what is standard.
package struct SettingValues: Sendable {
    package enum Source: Sendable, Equatable {
        case flag, environment, file(String), standard, unset
    }

    private let flags: [String: String]
    private let environment: [String: String]
    private let file: (path: String, values: [String: String])?

    package init(
        flags: [String: String], environment: [String: String],
        file: (path: String, values: [String: String])?
    ) {
        self.flags = flags
        self.environment = environment
        self.file = file
    }

    /// The text of a setting and where it is from.
    package func value(of setting: Setting) -> (text: String?, source: Source) {
        if let text = flags[setting.flag] { return (text, .flag) }
        if let text = environment[setting.variable], !text.isEmpty { return (text, .environment) }
        if let file, let text = file.values[setting.flag] { return (text, .file(file.path)) }
        return (setting.standard, setting.standard == nil ? .unset : .standard)
    }

    package func text(_ setting: Setting) -> String? { value(of: setting).text }

    /// The value read as something. Throws what is wrong with it and where it stands.
    package func read<Value>(
        _ setting: Setting, _ expected: String, _ parse: (String) -> Value?
    ) throws(SettingError) -> Value? {
        let (text, source) = value(of: setting)
        guard let text else { return nil }
        guard let value = parse(text) else {
            throw SettingError(
                description: "\(source.name(setting)) is \(setting.isSecret ? "…" : "'\(text)'"), "
                    + "which is not \(expected).")
        }
        return value
    }

    /// What `--help` shows of every setting.
    package var table: String {
        Setting.all.map { setting in
            "  --\(setting.flag)  \(setting.variable)\n" + Self.indented(setting.help) + "\n"
                + Self.indented(present(setting))
        }.joined(separator: "\n")
    }

    /// Words in lines that a terminal of 80 columns does not wrap.
    private static func indented(_ text: String) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= 78 {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append("      \(word)")
            }
        }
        return lines.joined(separator: "\n")
    }

    private func present(_ setting: Setting) -> String {
        let (text, source) = value(of: setting)
        guard let text else { return "now: not set" }
        let now = "now: \(setting.isSecret ? "(secret)" : text), from \(source.words)"
        if source == .standard { return now }
        return now + "; the default: \(setting.standard ?? "not set")"
    }

    /// What a command line gives for settings and for `config`, as `--flag value` or `--flag=value`;
    /// a value that is missing, or what is no setting, is passed over.
    package static func flags(in arguments: [String]) -> [String: String] {
        let known = Set(Setting.all.map(\.flag) + ["config"])
        var flags: [String: String] = [:]
        for (index, argument) in arguments.enumerated() where argument.hasPrefix("--") {
            let parts = argument.dropFirst(2).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let flag = parts.first.map(String.init), known.contains(flag) else { continue }
            if parts.count == 2 {
                flags[flag] = String(parts[1])
            } else if index + 1 < arguments.count, !arguments[index + 1].hasPrefix("-") {
                flags[flag] = arguments[index + 1]
            }
        }
        return flags
    }

    /// The keys and values of a configuration file: `key = value` lines, `#` before what is said to
    /// people. Throws where a line is none, or a key is not a setting's.
    package static func parse(
        file path: String, _ content: String
    ) throws(SettingError) -> [String: String] {
        var values: [String: String] = [:]
        for (index, line) in content.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let line = line.trimmingCharacters(in: .whitespaces)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2 else {
                throw SettingError(
                    description: "\(path), line \(index + 1): expected key = value.")
            }
            // Either name will do, so that an environment file serves as well.
            guard
                let setting = Setting.all.first(where: {
                    [$0.flag, $0.variable].contains(parts[0])
                })
            else {
                throw SettingError(
                    description: "\(path), line \(index + 1): there is no setting '\(parts[0])'.")
            }
            guard values.updateValue(parts[1], forKey: setting.flag) == nil else {
                throw SettingError(
                    description: "\(path), line \(index + 1): \(parts[0]) stands there twice.")
            }
        }
        return values
    }
}

extension SettingValues.Source {
    var words: String {
        switch self {
        case .flag: "the command line"
        case .environment: "the environment"
        case .file(let path): path
        case .standard: "the default"
        case .unset: "nowhere"
        }
    }

    func name(_ setting: Setting) -> String {
        switch self {
        case .environment: "The environment variable \(setting.variable)"
        case .file(let path): "\(setting.flag) in \(path)"
        case .flag, .standard, .unset: "--\(setting.flag)"
        }
    }
}

/// A setting that cannot be used, in words.
package struct SettingError: Error, CustomStringConvertible, Equatable {
    package var description: String

    package init(description: String) { self.description = description }
}

/// Quantities as people write them.
package enum SettingQuantity {
    /// "500GB", "2TiB", "1048576".
    package static func bytes(_ text: String) -> UInt64? {
        let units: [(String, UInt64)] = [
            ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
            ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
            ("B", 1), ("", 1),
        ]
        for (unit, factor) in units where text.hasSuffix(unit) {
            let number = text.dropLast(unit.count).trimmingCharacters(in: .whitespaces)
            guard let value = UInt64(number), value > 0 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        return nil
    }

    /// "500ms", "10s", "5m", "12h", "14d".
    package static func duration(_ text: String) -> Primitives.Duration? {
        let units: [(String, Int64)] = [
            ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
            ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
        ]
        for (unit, factor) in units where text.hasSuffix(unit) {
            guard let value = Int64(text.dropLast(unit.count)), value > 0 else { continue }
            let (product, overflow) = value.multipliedReportingOverflow(by: factor)
            return overflow ? nil : Primitives.Duration(nanoseconds: product)
        }
        return nil
    }
}

import Client
import Foundation
import Primitives
package import Roles

/// What somebody set and where: flags before the environment, the environment before the configuration
/// file.
///
/// swift-configuration has the same order of sources, but it takes a flag, and a key in a file, that
/// nobody knows for fine, drops lines that are none, splits values of flags at commas, and an error of its names
/// key and type: not where the value stands, nor what is allowed. What is left for it to do is a look-up
/// in three dictionaries.
package struct SettingValues: Sendable {
    package enum Source: Sendable, Equatable {
        case flag, environment, file(String)
    }

    private let flags: [String: String]
    private let environment: [String: String]
    private var file: (path: String, values: [String: String])?

    /// From a command line without what is before the first flag. `load` reads the file that --config
    /// names; nil: it cannot be read. Throws where a flag or a line of the file is no setting.
    package init(
        arguments: [String], environment: [String: String],
        load: (String) -> String? = { try? String(contentsOfFile: $0, encoding: .utf8) }
    ) throws {
        flags = try Self.flags(in: arguments)
        self.environment = environment
        guard let path = flags[Self.config] else { return }
        guard let content = load(path) else {
            throw ClientError(
                .cannotRead, "\(path) cannot be read, or is not text. Check --config.")
        }
        file = (path, try Self.parse(file: path, content))
    }

    private static let config = "config"

    /// The text that a setting was given, and where; nil where nobody did.
    package func value(of setting: Setting<ServePlan>) -> (text: String, source: Source)? {
        if let text = flags[setting.flag] { return (text, .flag) }
        if let text = environment[setting.variable], !text.isEmpty { return (text, .environment) }
        if let file, let text = file.values[setting.flag] { return (text, .file(file.path)) }
        return nil
    }

    /// Takes a setting into a plan, if it was given. Throws what is wrong with it and where it stands.
    func read(_ setting: Setting<ServePlan>, into plan: inout ServePlan) throws(SettingError) {
        guard let (text, source) = value(of: setting) else { return }
        guard setting.read(text, &plan) else {
            let shown = setting.isSecret ? "…" : "'\(text)'"
            throw SettingError(
                "\(source.name(of: setting)) is \(shown); allowed: \(setting.allowed)")
        }
    }

    /// What whoever set a setting knows it by; where nobody did, its flag.
    func name(of name: String) -> String {
        guard let setting = ServePlan.settings.first(where: { $0.name == name }) else {
            return name
        }
        return (value(of: setting)?.source ?? .flag).name(of: setting)
    }

    // MARK: Reading

    /// `--flag value` or `--flag=value`, or a switch alone.
    private static func flags(in arguments: [String]) throws(SettingError) -> [String: String] {
        var flags: [String: String] = [:]
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let flag = String(parts.first?.drop { $0 == "-" } ?? "")
            let setting = ServePlan.settings.first { $0.flag == flag }
            guard argument.hasPrefix("--"), flag == config || setting != nil else {
                throw unknown(argument, flag)
            }
            if parts.count == 2 {
                flags[flag] = String(parts[1])
            } else if setting?.isSwitch == true, rest.first?.hasPrefix("--") != false {
                flags[flag] = "yes"
            } else if let value = rest.popFirst() {
                flags[flag] = value
            } else {
                throw SettingError("--\(flag) needs a value")
            }
        }
        return flags
    }

    private static func unknown(_ argument: String, _ flag: String) -> SettingError {
        let known = ServePlan.settings.map(\.flag) + [config]
        let hint =
            EditDistance.nearest(to: flag, among: known).map { "did you mean --\($0)?" }
            ?? "dsim serve --help lists them"
        return SettingError("There is no setting '\(argument)'; \(hint)")
    }

    /// The keys and values of a configuration file: `key = value` lines, `#` before what is said to
    /// people. Throws where a line is none, or a key is not a setting's.
    private static func parse(
        file path: String, _ content: String
    ) throws(SettingError) -> [String: String] {
        var values: [String: String] = [:]
        for (index, line) in content.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let line = line.trimmingCharacters(in: .whitespaces)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let place = "\(path), line \(index + 1)"
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2 else { throw SettingError("\(place): expected key = value") }
            // Either name will do, so that an environment file serves as well.
            let setting = ServePlan.settings.first { [$0.flag, $0.variable].contains(parts[0]) }
            guard let setting else {
                throw SettingError("\(place): there is no setting '\(parts[0])'")
            }
            guard values.updateValue(parts[1], forKey: setting.flag) == nil else {
                throw SettingError("\(place): \(parts[0]) stands there twice")
            }
        }
        return values
    }
}

extension SettingValues {
    /// What `--help` shows of every setting.
    package var reference: String {
        ServePlan.settings.map { setting in
            "  --\(setting.flag)  \(setting.variable)\n"
                + Self.indented("\(setting.sentence) Allowed: \(setting.allowed).") + "\n"
                + Self.indented(present(setting))
        }.joined(separator: "\n")
    }

    private func present(_ setting: Setting<ServePlan>) -> String {
        let standard = "Default: \(setting.standard ?? setting.text(ServePlan()))"
        guard let (text, source) = value(of: setting) else { return standard }
        return standard + "; now \(setting.isSecret ? "(secret)" : text), from \(source.words)"
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
}

extension SettingValues.Source {
    var words: String {
        switch self {
        case .flag: "the command line"
        case .environment: "the environment"
        case .file(let path): path
        }
    }

    func name(of setting: Setting<ServePlan>) -> String {
        switch self {
        case .flag: "--\(setting.flag)"
        case .environment: "the environment variable \(setting.variable)"
        case .file(let path): "\(setting.flag) in \(path)"
        }
    }
}

/// A setting that cannot be used, in a sentence.
package struct SettingError: Error, CustomStringConvertible, Equatable {
    package let description: String

    package init(_ text: String) {
        // Some begin with a path or a key.
        let start =
            ["the ", "a "].contains(where: text.hasPrefix)
            ? text.prefix(1).uppercased() : String(text.prefix(1))
        description = start + text.dropFirst() + (text.hasSuffix("?") ? "" : ".")
    }
}

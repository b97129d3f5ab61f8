import Primitives

/// One setting of a `Root`: everything that is to be known of it. Keys of scenarios, flags, variables of
/// the environment, references and checks derive from it.
package struct Setting<Root>: Sendable {
    /// Such as "deadAfter"; the key in a scenario.
    package let name: String
    /// The variable of the environment, such as "DEAD_AFTER".
    package let variable: String
    /// What it means.
    package let sentence: String
    /// What may be given, in words that follow "allowed:".
    package let allowed: String
    /// Whether JSON has it as a number.
    package let isNumber: Bool
    /// Whether its flag may stand alone, which means "yes".
    package let isSwitch: Bool
    /// Whether it is never shown.
    package let isSecret: Bool
    /// What holds where nobody gives it, in words; nil: the value that a `Root` begins with.
    package let standard: String?
    /// Takes it from text. False: that is not allowed.
    package let read: @Sendable (String, inout Root) -> Bool
    /// How the value that it has is written.
    package let text: @Sendable (Root) -> String
}

extension Setting {
    /// A setting that always has a value.
    package init<Value>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable,
        _ form: TextForm<Value>, standard: String? = nil, variable: String? = nil,
        _ sentence: String
    ) {
        self.init(
            name: name, variable: variable ?? name.inWords(with: "_").uppercased(),
            sentence: sentence, allowed: form.allowed, isNumber: form.isNumber,
            isSwitch: Value.self == Bool.self, isSecret: false, standard: standard,
            read: { text, root in
                guard let value = form.read(text) else { return false }
                root[keyPath: path] = value
                return true
            },
            text: { form.write($0[keyPath: path]) })
    }

    /// A setting that has no value where nobody gives one; `standard` says what holds then.
    package init<Value>(
        _ name: String, _ path: any WritableKeyPath<Root, Value?> & Sendable,
        _ form: TextForm<Value>, absent standard: String, isSecret: Bool = false,
        _ sentence: String
    ) {
        self.init(
            name: name, variable: name.inWords(with: "_").uppercased(), sentence: sentence,
            allowed: form.allowed, isNumber: form.isNumber, isSwitch: false, isSecret: isSecret,
            standard: standard,
            read: { text, root in
                guard let value = form.read(text) else { return false }
                root[keyPath: path] = value
                return true
            },
            text: { $0[keyPath: path].map(form.write) ?? "" })
    }

    /// The same setting of what holds a `Root`.
    package func within<Outer>(
        _ path: any WritableKeyPath<Outer, Root> & Sendable
    ) -> Setting<Outer> {
        Setting<Outer>(
            name: name, variable: variable, sentence: sentence, allowed: allowed,
            isNumber: isNumber, isSwitch: isSwitch, isSecret: isSecret, standard: standard,
            read: { read($0, &$1[keyPath: path]) }, text: { text($0[keyPath: path]) })
    }

    /// The flag of a command line without its hyphens, such as "dead-after"; also the key in a file.
    package var flag: String { name.inWords(with: "-") }
}

/// What must hold between settings of a `Root`.
package struct SettingRule<Root>: Sendable {
    /// Which settings it is about. The first is to blame.
    package let names: [String]
    /// What is wrong and, after a ";", what is allowed; nil when all is well. The second argument says
    /// what a setting is called where the sentence is read.
    package let problem: @Sendable (Root, _ called: (String) -> String) -> String?
}

extension SettingRule {
    package init(
        _ names: String...,
        problem: @escaping @Sendable (Root, _ called: (String) -> String) -> String?
    ) {
        self.init(names: names, problem: problem)
    }

    /// The same rule of what holds a `Root`, whose settings have this before their names.
    package func within<Outer>(
        _ path: any KeyPath<Outer, Root> & Sendable, prefix: String = ""
    ) -> SettingRule<Outer> {
        SettingRule<Outer>(names: names.map { prefix + $0 }) { outer, called in
            problem(outer[keyPath: path]) { called(prefix + $0) }
        }
    }
}

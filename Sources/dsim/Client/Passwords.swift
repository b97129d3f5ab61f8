import ArgumentParser
import Client
import Foundation
import Glibc
import Platform

/// Where a password comes from: standard input, the environment, or a prompt that shows nothing.
struct PasswordOptions: ParsableArguments {
    @Flag(help: "Read the password from standard input, a line, instead of asking for it.")
    var passwordStdin = false

    /// The password of an account.
    func present(_ prompt: String = "Password: ") throws(ClientError) -> Password {
        try Self.check(try text(prompt, variable: "DSIM_PASSWORD")).password
    }

    /// A password to be set: asked for twice where it is asked for.
    func new(_ prompt: String = "Password: ", variable: String = "DSIM_PASSWORD")
        throws(ClientError) -> Password
    {
        let isAsked = !passwordStdin && ProcessInfo.processInfo.environment[variable] == nil
        let first = try Self.check(try text(prompt, variable: variable))
        if isAsked, try Self.ask("Once more: ") != first.text {
            throw ClientError(.refused, "The passwords differ. Try again.")
        }
        return first.password
    }

    private static func check(
        _ text: String
    ) throws(ClientError) -> (text: String, password: Password) {
        guard let password = Password(text) else {
            throw ClientError(
                .refused,
                "A password has \(Password.counts.lowerBound) to \(Password.counts.upperBound) bytes."
            )
        }
        return (text, password)
    }

    private func text(_ prompt: String, variable: String) throws(ClientError) -> String {
        if passwordStdin {
            guard let line = readLine(strippingNewline: true) else {
                throw ClientError(.cannotRead, "Standard input ends before the password.")
            }
            return line
        }
        if let text = ProcessInfo.processInfo.environment[variable] { return text }
        return try Self.ask(prompt)
    }

    /// Asks on the terminal, which shows nothing of what is typed.
    private static func ask(_ prompt: String) throws(ClientError) -> String {
        guard let terminal = try? FileSystem().open("/dev/tty") else {
            throw ClientError(
                .cannotRead,
                "There is no terminal to ask for the password. Give it with --password-stdin, or in "
                    + "DSIM_PASSWORD.")
        }
        var shown = termios()
        tcgetattr(terminal.descriptor, &shown)
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(terminal.descriptor, TCSAFLUSH, &hidden)
        defer { tcsetattr(terminal.descriptor, TCSAFLUSH, &shown) }
        try? terminal.append(Array(prompt.utf8))
        // A terminal gives a line at a time.
        let line = (try? terminal.next(1 << 16)) ?? []
        try? terminal.append([10])
        return String(decoding: line.prefix { $0 != 10 }, as: UTF8.self)
    }
}

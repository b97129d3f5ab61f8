import ArgumentParser
import Foundation
import Glibc
import Live

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
        let isAsked =
            !passwordStdin && ProcessInfo.processInfo.environment[variable] == nil
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
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else {
            throw ClientError(
                .cannotRead,
                "There is no terminal to ask for the password. Give it with --password-stdin, or in "
                    + "DSIM_PASSWORD.")
        }
        defer { close(terminal) }
        var shown = termios()
        tcgetattr(terminal, &shown)
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(terminal, TCSAFLUSH, &hidden)
        defer { tcsetattr(terminal, TCSAFLUSH, &shown) }
        Output.write(prompt, to: terminal)
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = read(terminal, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            guard count == 1, byte != 10, bytes.count < 1 << 16 else { break }
            bytes.append(byte)
        }
        Output.write("\n", to: terminal)
        return String(decoding: bytes, as: UTF8.self)
    }
}

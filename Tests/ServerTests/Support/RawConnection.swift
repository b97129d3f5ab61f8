import Dispatch
import Foundation
import Glibc

/// An answer as it came over the socket.
struct RawAnswer: Sendable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON? { try? JSON(parsing: body) }
    /// The code of a refusal.
    var code: String? { json?["error"]?["code"]?.string }
}

/// A socket that sends exactly what it is told to. Blocks, so all of it runs beside the tasks.
final class RawConnection: @unchecked Sendable {
    // Used by one caller at a time.
    private let handle: Int32
    private var unread: [UInt8] = []
    private static let queue = DispatchQueue(label: "raw connections", attributes: .concurrent)

    /// Nil where nobody listens.
    init?(port: Int, timeoutSeconds: Int = 120) {
        handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
        var one: Int32 = 1
        setsockopt(
            handle, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        guard FreePorts.withAddress(port, { connect(handle, $0, $1) }) == 0 else { return nil }
    }

    deinit { close(handle) }

    /// Runs blocking work on a thread of its own.
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }

    /// False once the other side has closed.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(handle, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Says that nothing more will be sent.
    func finishSending() { shutdown(handle, Int32(SHUT_WR)) }

    enum Outcome: Error { case closed, silent, garbage(String) }

    private func fill() throws(Outcome) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(handle, &buffer, buffer.count, 0)
        if count == 0 { throw .closed }
        if count < 0 { throw errno == EAGAIN ? .silent : .closed }
        unread += buffer[..<count]
    }

    /// The next answer. Throws `closed` where there is none, `silent` where none came in time.
    func answer(toHead isHead: Bool = false) throws(Outcome) -> RawAnswer {
        let end = Array("\r\n\r\n".utf8)
        while unread.firstRange(of: end) == nil { try fill() }
        let head = unread.firstRange(of: end)!
        let lines = String(decoding: unread[..<head.lowerBound], as: UTF8.self)
            .components(separatedBy: "\r\n")
        unread.removeSubrange(..<head.upperBound)
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1"), let status = Int(words[1]) else {
            throw .garbage(lines[0])
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] =
                parts.count < 2 ? "" : parts[1].trimmingCharacters(in: .whitespaces)
        }
        var answer = RawAnswer(status: status, headers: headers, body: [])
        guard !isHead, status != 204, status != 304 else { return answer }
        if let length = headers["content-length"].flatMap({ Int($0) }) {
            while unread.count < length { try fill() }
            answer.body = Array(unread[..<length])
            unread.removeSubrange(..<length)
        } else if headers["transfer-encoding"] == "chunked" {
            answer.body = try chunkedBody()
        }
        return answer
    }

    private func chunkedBody() throws(Outcome) -> [UInt8] {
        let newline = Array("\r\n".utf8)
        var body: [UInt8] = []
        while true {
            while unread.firstRange(of: newline) == nil { try fill() }
            let line = unread.firstRange(of: newline)!
            guard
                let count = Int(
                    String(decoding: unread[..<line.lowerBound], as: UTF8.self), radix: 16)
            else { throw .garbage("a chunk without a size") }
            unread.removeSubrange(..<line.upperBound)
            while unread.count < count + 2 { try fill() }
            body += unread[..<count]
            unread.removeSubrange(..<(count + 2))
            if count == 0 { return body }
        }
    }

    /// Whether the other side closes, in time, without saying anything more.
    func isClosed() -> Bool {
        do {
            try fill()
            return false
        } catch {
            if case .closed = error { return true }
            return false
        }
    }

    /// One request on a connection of its own. Nil where the server closed without an answer. Throws
    /// `silent` where it did neither.
    static func exchange(
        _ port: Int, _ pieces: [[UInt8]], isHead: Bool = false, finishes: Bool = false
    ) async throws -> RawAnswer? {
        try await run {
            guard let connection = RawConnection(port: port) else { return nil }
            for piece in pieces { guard connection.send(piece) else { break } }
            if finishes { connection.finishSending() }
            do throws(Outcome) {
                return try connection.answer(toHead: isHead)
            } catch {
                if case .closed = error { return nil }
                throw error
            }
        }
    }

    /// A request that HTTP allows, with what makes a server close afterwards. A body is said to be JSON
    /// unless the headers say otherwise.
    static func request(
        _ port: Int, _ method: String, _ target: String, headers: [(String, String)] = [],
        body: [UInt8]? = nil
    ) async throws -> RawAnswer? {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body {
            head += "Content-Length: \(body.count)\r\n"
            if !headers.contains(where: { $0.0 == "Content-Type" }) {
                head += "Content-Type: application/json\r\n"
            }
        }
        return try await exchange(
            port, [Array((head + "\r\n").utf8) + (body ?? [])], isHead: method == "HEAD")
    }
}

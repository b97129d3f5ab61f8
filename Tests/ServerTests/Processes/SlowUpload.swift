import Foundation

/// A browser that sends a file bit by bit, over a connection of its own.
final class SlowUpload {
    private let descriptor: Int32
    private let body: [UInt8]
    private var sent = 0

    /// Connects, and sends the request's head.
    init(_ name: String, _ body: [UInt8], to server: ServerProcess, token: String) throws {
        self.body = body
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(server.port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, length) == 0
            }
        }
        guard connected else { throw Problem(description: "\(server.name) does not listen") }
        var timeout = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout,
            socklen_t(MemoryLayout<timeval>.size))
        try write(
            Array(
                """
                POST /api/files?name=\(name) HTTP/1.1\r
                Host: 127.0.0.1\r
                Authorization: Bearer \(token)\r
                Content-Length: \(body.count)\r
                Connection: close\r
                \r

                """.utf8))
    }

    deinit { close(descriptor) }

    func send(_ count: Int) throws {
        let end = min(sent + count, body.count)
        try write(Array(body[sent..<end]))
        sent = end
    }

    func sendRest() throws { try send(body.count - sent) }

    /// The answer's status; nil when the connection ended without one.
    func status() -> Int? {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            answer += buffer[..<count]
        }
        let words = String(decoding: answer, as: UTF8.self).split(separator: " ")
        return words.count > 1 ? Int(words[1]) : nil
    }

    private func write(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Problem(description: "the connection broke") }
            done += count
        }
    }
}

import Foundation
import Spawning
import Testing

/// An authority of a test's own, and a certificate that it signed.
struct TestAuthority: Sendable {
    private let folder: URL

    /// `name` is whose certificate it is, as OpenSSL has it: "IP:127.0.0.1", "DNS:localhost".
    init(in folder: URL, certifying name: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let key = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        try openssl(
            key + [
                "-x509", "-keyout", path("ca.key"), "-out", path("ca.pem"), "-days", "2", "-subj",
                "/CN=An authority for tests",
            ])
        try openssl(
            key + [
                "-keyout", path("key.pem"), "-out", path("request.pem"), "-subj", "/CN=a server",
            ])
        try Data("subjectAltName=\(name)\n".utf8).write(to: folder.appending(path: "names"))
        try openssl([
            "x509", "-req", "-in", path("request.pem"), "-CA", path("ca.pem"), "-CAkey",
            path("ca.key"), "-CAcreateserial", "-out", path("certificate.pem"), "-days", "2",
            "-extfile", path("names"),
        ])
    }

    /// Of "ca.pem", "certificate.pem" or "key.pem".
    func path(_ name: String) -> String { folder.appending(path: name).path }

    func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try Spawning.start(process)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments)")
    }
}

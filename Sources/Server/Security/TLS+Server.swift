import NIOSSL
import Primitives
import Wire

extension TLS {
    /// What a server shows. Throws `TLS.Failure`.
    static func server(_ files: ServerSettings.TLSFiles) throws -> TLSConfiguration {
        let chain = try certificates(in: files.certificate)
        let key = try translating(
            try NIOSSLPrivateKey(file: files.key, format: .pem),
            to: Failure(description: "\(files.key) is not a readable PEM file of a private key."))
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        _ = try translating(
            try NIOSSLContext(configuration: configuration),
            to: Failure(description: "\(files.key) is not the key of \(files.certificate)."))
        return configuration
    }
}

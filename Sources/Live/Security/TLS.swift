import NIOSSL

/// TLS for servers and for requests to them.
enum TLS {
    /// Why TLS cannot be set up.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    static func server(_ files: ServerSettings.TLSFiles) throws -> TLSConfiguration {
        let chain = try certificates(in: files.certificate)
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        } catch {
            throw Failure(description: "\(files.key) is not a readable PEM file of a private key.")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        do {
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Failure(description: "\(files.key) is not the key of \(files.certificate).")
        }
        return configuration
    }

    private static func certificates(in path: String) throws -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty
        else {
            throw Failure(description: "\(path) is not a readable PEM file of certificates.")
        }
        return certificates
    }

    /// Trusts the system's authorities, and `authority` besides.
    static func client(authority: String?) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        guard let authority else { return configuration }
        configuration.additionalTrustRoots = [.certificates(try certificates(in: authority))]
        return configuration
    }
}

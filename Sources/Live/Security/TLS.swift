import NIOSSL

/// TLS for servers and for requests to them.
enum TLS {
    /// Why TLS cannot be set up.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    static func server(_ files: ServerSettings.TLSFiles) throws -> TLSConfiguration {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
        } catch {
            throw Failure(
                description: "\(files.certificate) is not a readable PEM file of certificates.")
        }
        guard !chain.isEmpty else {
            throw Failure(description: "\(files.certificate) holds no certificate.")
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        } catch {
            throw Failure(description: "\(files.key) is not a readable PEM file of a private key.")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }

    /// Trusts the system's authorities, and `authority` besides.
    static func client(authority: String?) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        guard let authority else { return configuration }
        do {
            configuration.additionalTrustRoots = [
                .certificates(try NIOSSLCertificate.fromPEMFile(authority))
            ]
        } catch {
            throw Failure(description: "\(authority) is not a readable PEM file of certificates.")
        }
        return configuration
    }
}

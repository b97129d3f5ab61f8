package import NIOSSL

/// TLS for servers and for requests to them.
package enum TLS {
    /// Why TLS cannot be set up.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String

        package init(description: String) { self.description = description }
    }

    /// Those of a PEM file, of which there must be one.
    package static func certificates(in path: String) throws(Failure) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty
        else {
            throw Failure(description: "\(path) is not a readable PEM file of certificates.")
        }
        return certificates
    }

    /// Trusts the system's authorities, and `authority` besides.
    package static func client(authority: String?) throws(Failure) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        guard let authority else { return configuration }
        configuration.additionalTrustRoots = [.certificates(try certificates(in: authority))]
        return configuration
    }
}

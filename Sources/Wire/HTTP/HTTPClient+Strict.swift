package import AsyncHTTPClient
package import NIOSSL

extension HTTPClient.Configuration {
    /// What every client of this program goes by. It follows no redirect: whoever answers in the place
    /// of a server would have chunks, tokens and signed requests sent to wherever it says.
    package static func strict(
        tls: TLSConfiguration, timeout: Timeout = Timeout()
    ) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow, timeout: timeout)
        configuration.httpVersion = .http1Only
        // Whoever asks hears at once that nobody is there, and goes elsewhere or tries again itself.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}

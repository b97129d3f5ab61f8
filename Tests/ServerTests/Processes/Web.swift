import Foundation
import FoundationNetworking

/// A browser, as far as tests need one.
enum Web {
    struct Answer: Sendable {
        var status: Int
        var body: Data

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private static let session: URLSession = {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = 16
        return URLSession(configuration: configuration)
    }()

    static func get(_ url: String, timeout: Double = 60) async throws -> Answer {
        try await send("GET", url, timeout: timeout)
    }

    /// Throws when there is no whole answer.
    static func send(
        _ method: String, _ url: String, token: String? = nil, body: Data? = nil,
        timeout: Double = 240
    ) async throws -> Answer {
        guard let parsed = URL(string: url) else { throw Problem(description: "no URL: \(url)") }
        var request = URLRequest(url: parsed, timeoutInterval: timeout)
        request.httpMethod = method
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        if body != nil {
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let (data, response) =
            if let body {
                try await session.upload(for: request, from: body)
            } else {
                try await session.data(for: request)
            }
        guard let response = response as? HTTPURLResponse else {
            throw Problem(description: "no answer of HTTP")
        }
        // A connection that broke half-way is not always told of.
        if method != "HEAD", response.expectedContentLength > 0,
            data.count < response.expectedContentLength
        {
            throw Problem(description: "the answer broke off")
        }
        return Answer(status: response.statusCode, body: data)
    }
}

import Extremes
import Files
import Foundation
import Testing

@testable import Server

@Suite struct FileNameTests {
    @Test func `a file is stored under the names that a client may give it, and no others`()
        async throws
    {
        try await EdgeNetwork.run { network in
            let user = try await network.user("ada")
            for name in Extremes.names {
                let text = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
                let answer = try await network.request(
                    .backend, "POST", "/api/files?name=\(try #require(text))&replace=true",
                    headers: user.open, body: [1])
                let isAllowed = FileName.isAllowed(name)
                #expect(answer.status == (isAllowed ? 201 : 400), "\(name): \(answer.text)")
                #expect(isAllowed || answer.text.contains("bad-file-name"), "\(name)")
            }
        }
    }
}

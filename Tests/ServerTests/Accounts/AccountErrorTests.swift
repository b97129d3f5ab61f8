import Files
import Primitives
import Storage
import Testing

@testable import Server

@Suite struct AccountErrorTests {
    private static let all: [AccountError] = [
        .badSecret, .badName, .badPassword, .badKey(.tooWeak), .badKey(.tooCostly),
        .badKey(.saltLength(3)), .badKey(.malformed(.wrongPassword)), .nameTaken,
        .wrongCredentials, .tooManyAttempts(retryAfter: .seconds(3)), .tooBusy, .invalidToken,
        .sessionExpired, .sessionEnded, .sessionLocked, .sealedSession, .openSession,
        .damagedAccount, .storage(.full(path: "/secret/folder")),
    ]

    @Test(arguments: all)
    func `An error is one sentence with a code in kebab case`(error: AccountError) {
        #expect(error.answer.code.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil)
        #expect("\(error)".wholeMatch(of: /[A-Z][^.]*(\.[^. ][^.]*)*\./) != nil)
        #expect(!"\(error)".contains("/secret"))
    }

    @Test func `Waiting times are whole seconds, rounded up`() {
        #expect(Duration.nanoseconds(1).wholeSeconds == 1)
        #expect(Duration.zero.wholeSeconds == 1)
        #expect(Duration.milliseconds(2_001).wholeSeconds == 3)
        #expect(Duration.seconds(300).wholeSeconds == 300)
    }
}

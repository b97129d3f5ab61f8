import HTTPTypes
import Hummingbird
import Primitives
import Storage
import Testing

@testable import Server

@Suite struct HTTPFailureTests {
    @Test func `accounts are refused with the status that fits`() {
        let all: [(AccountError, Int)] = [
            (.badName, 400), (.badPassword, 400), (.badKey(.tooWeak), 400), (.nameTaken, 409),
            (.wrongCredentials, 401), (.invalidToken, 401), (.sessionExpired, 401),
            (.sessionEnded, 401), (.sessionLocked, 401),
            (.tooManyAttempts(retryAfter: .milliseconds(1_500)), 429), (.sealedSession, 403),
            (.openSession, 403), (.tooBusy, 503), (.badSecret, 500), (.damagedAccount, 500),
            (.storage(.missingBlock(path: "/secret/path", height: 3)), 503),
        ]
        for (error, status) in all {
            let failure = HTTPFailure(error)
            #expect(failure.status.code == status && failure.code == error.answer.code)
            #expect(failure.message == error.description)
            #expect(!failure.message.contains("/secret/path"))
        }
        #expect(
            HTTPFailure(.tooManyAttempts(retryAfter: .milliseconds(1_500))).retryAfterSeconds == 2)
        #expect(HTTPFailure(.tooBusy).response.headers[.retryAfter] == "2")
    }
}

@Suite struct ByteRangeTests {
    @Test(arguments: [
        ("bytes=0-", ByteRange.part(0..<10)), ("bytes=0-0", .part(0..<1)),
        ("bytes=9-9", .part(9..<10)), ("bytes=3-100", .part(3..<10)), ("bytes=-3", .part(7..<10)),
        ("bytes=-100", .part(0..<10)), ("bytes=10-", .unsatisfiable),
        ("bytes=10-20", .unsatisfiable), ("bytes=-0", .unsatisfiable),
        ("bytes=18446744073709551615-", .unsatisfiable),
        ("bytes=0-18446744073709551615", .part(0..<10)),
        ("bytes=-18446744073709551615", .part(0..<10)), ("bytes=0-1,3-4", .whole),
        ("bytes=5-3", .whole), ("bytes=a-b", .whole), ("bytes=", .whole), ("bytes=-", .whole),
        ("bytes=--1", .whole), ("bytes=1-2-3", .whole), ("items=0-1", .whole), ("", .whole),
        ("bytes=0-18446744073709551616", .whole), ("bytes=+1-2", .whole), ("bytes=1-+2", .whole),
    ])
    func `a header names one part or the whole`(header: String, range: ByteRange) {
        #expect(ByteRange(header: header, size: 10) == range)
    }

    @Test func `nothing of an empty file can be named`() {
        #expect(ByteRange(header: nil, size: 0) == .whole)
        for header in ["bytes=0-", "bytes=0-0", "bytes=-1"] {
            #expect(ByteRange(header: header, size: 0) == .unsatisfiable)
        }
        #expect(ByteRange(header: "bytes=0-", size: .max) == .part(0..<UInt64.max))
    }
}

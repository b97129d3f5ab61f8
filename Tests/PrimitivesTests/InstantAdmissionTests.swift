import Primitives
import Testing

@Suite struct InstantAdmissionTests {
    private static let last = Instant.admitted.upperBound.nanoseconds

    @Test(arguments: [0, 1, 1_900_000_000_000_000_000, last - 1, last])
    func `a time from 1970 to 2200 is admitted`(nanoseconds: Int64) throws {
        #expect(Instant(admitting: nanoseconds) == Instant(nanoseconds: nanoseconds))
        var reader = ByteReader(withUnsafeBytes(of: nanoseconds.bigEndian) { Array($0) })
        #expect(try reader.readInstant().nanoseconds == nanoseconds)
    }

    @Test(arguments: [.min, .min + 1, -1, last + 1, .max - 1, .max])
    func `any other is not`(nanoseconds: Int64) {
        #expect(Instant(admitting: nanoseconds) == nil)
        var reader = ByteReader([0] + withUnsafeBytes(of: nanoseconds.bigEndian) { Array($0) })
        #expect(throws: ByteReaderError.invalid(what: "a time from 1970 to 2200", offset: 1)) {
            _ = try reader.read(UInt8.self)
            _ = try reader.readInstant()
        }
    }

    @Test func `no arithmetic with two of them overflows`() {
        let bounds = [Instant.admitted.lowerBound, Instant.admitted.upperBound]
        let longest = Duration("60y")!
        for a in bounds {
            for b in bounds { #expect((a - b).seconds.magnitude < 231 * 31_557_600) }
            #expect((a + longest) - longest == a)
            #expect((a - longest) + longest == a)
        }
    }
}

import Testing

@testable import Workbench

@Suite struct JSONOutputTests {
    @Test func `members keep their order and scalars stay on a line`() {
        let value = JSONOutput.object([
            .init("z", .integer(-1)), .init("a", .array([.number(0.5), .null, .bool(true)])),
            .init("empty", .object([])), .init("none", .array([])),
            .init("list", .array([.object([.init("x", .unsigned(.max))])])),
        ])
        #expect(
            value.text == """
                {
                  "z": -1,
                  "a": [0.5, null, true],
                  "empty": {},
                  "none": [],
                  "list": [
                    {
                      "x": 18446744073709551615
                    }
                  ]
                }

                """)
    }

    @Test func `what is written is read back`() throws {
        let hostile = "\"\\/\n\r\t\u{1}\u{7f}é𝄞"
        let text = JSONOutput.object([.init(hostile, .string(hostile))]).text
        guard case .object(let members) = try JSONParser.parse(Array(text.utf8)).value else {
            Issue.record("no object")
            return
        }
        #expect(members[0].name == hostile)
        #expect(members[0].node.value == .string(hostile))
    }

    @Test func `whole numbers keep all their digits`() {
        let values: [Double] = [123_456_789, -9_007_199_254_740_991, 1_234_567.5, -0.0]
        #expect(
            JSONOutput.array(values.map { .number($0) }).text
                == "[123456789, -9007199254740991, 1234570, 0]\n")
    }

    @Test func `numbers that JSON does not know are null`() {
        #expect(JSONOutput.array([.number(.nan), .number(.infinity)]).text == "[null, null]\n")
    }
}

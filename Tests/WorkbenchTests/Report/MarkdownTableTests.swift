import Testing

@testable import Workbench

@Suite struct MarkdownTableTests {
    @Test func `columns line up and bars are escaped`() {
        var table = MarkdownTable(("name", .left), ("n", .right), ("words", .left))
        table.add("a|b", "1,000", "one\ntwo")
        table.add("c", "2", "three")
        #expect(
            table.text == """
                | name |     n | words |
                | ---- | ----: | --- |
                | a\\|b | 1,000 | one two |
                | c    |     2 | three |

                """)
    }
}

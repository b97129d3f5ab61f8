import Testing

@testable import Workbench

@Suite struct MarkdownTableTests {
    @Test func `columns line up and bars are escaped`() {
        let text = MarkdownTable.text(
            ["name", "n", "words"], right: [1],
            rows: [["a|b", "1,000", "one\ntwo"], ["c", "2", "three"]])
        #expect(
            text == """
                | name |     n | words |
                | ---- | ----: | --- |
                | a\\|b | 1,000 | one two |
                | c    |     2 | three |

                """)
    }
}

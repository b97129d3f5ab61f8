import Testing

@testable import Workbench

@Suite struct ExcerptTests {
    @Test func `nothing that steers a terminal is shown`() {
        #expect(Excerpt.quoted("a\u{1B}[31m\nb\u{202E}") == "\"a\\u{1b}[31m\\u{a}b\\u{202e}\"")
    }

    @Test func `long text is cut`() {
        #expect(Excerpt.plain(String(repeating: "x", count: 41)).count == 41)
        #expect(Excerpt.plain(String(repeating: "x", count: 41)).hasSuffix("…"))
        #expect(
            Excerpt.plain(String(repeating: "x", count: 40)) == String(repeating: "x", count: 40))
    }
}

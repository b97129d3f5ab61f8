import Extremes
import Files
import Testing

@Suite struct FileNameTests {
    @Test func `a name is one that any system can give a file`() {
        let allowed = Extremes.names.filter(FileName.isAllowed)
        #expect(
            allowed.prefix(13) == [
                "a", "ü", "é", "e\u{301}", "😀", " ", ".a", "...", "a.", "-", "--name", "%2F",
                "a b",
            ])
        #expect(allowed.dropFirst(13).prefix(4) == ["a\u{A0}b", "\u{FEFF}", "\u{202E}a", "a\\b"])
        #expect(allowed.dropFirst(17).map(\.utf8.count) == [255, 255])
    }
}

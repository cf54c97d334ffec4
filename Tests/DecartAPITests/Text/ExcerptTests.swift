import DecartAPI
import Testing

@Suite struct ExcerptTests {
    @Test(arguments: [
        ("", "\"\""), ("a cat", "\"a cat\""), ("a\"b", #""a\"b""#), ("a\nb\t\r", #""a\nb\t\r""#),
        ("\u{1B}[31m", #""\u{1B}[31m""#), ("\u{9B}", #""\u{9B}""#), ("😀", "\"😀\""),
    ])
    func `text is shown in quotes and on one line`(text: String, shown: String) {
        #expect(Excerpt.quoted(text) == shown)
    }

    @Test func `long text is cut and its length told`() {
        let text = String(repeating: "é", count: 50)
        #expect(Excerpt.quoted(text) == "\"\(String(repeating: "é", count: 40))…\" (100 bytes)")
        #expect(Excerpt.quoted(String(repeating: "é", count: 40)) == "\"\(String(repeating: "é", count: 40))\"")
    }

    @Test func `bytes that are not UTF-8 are shown as replaced`() {
        #expect(Excerpt.quoted([0x61, 0xFF]) == "\"a\u{FFFD}\"")
    }
}

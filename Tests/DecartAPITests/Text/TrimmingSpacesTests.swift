import DecartAPI
import Testing

struct TrimmingSpacesTests {
    @Test(arguments: [
        ("  a b\t", "a b"), ("a", "a"), (" \t ", ""), ("", ""), ("\na\n", "\na\n"), ("\u{A0}a", "\u{A0}a"),
    ])
    func `spaces and tabs at both ends go, and nothing else`(text: String, trimmed: String) {
        #expect(text.trimmingSpaces == trimmed)
        #expect(text[...].trimmingSpaces == trimmed)
    }
}

import DecartAPI
import Testing

struct FileInputTests {
    @Test(arguments: [
        ("http://x/a", true), ("https://x/a", true), ("HTTPS://x/a", true), ("HtTp://x/a", true),
        ("https.mp4", false), ("http:/x", false), (" http://x", false), ("ftp://x/a", false), ("", false),
        ("./http://x", false), ("ｈttp://x", false),
    ])
    func `text is a URL if it begins as one, in whatever case, else a path`(text: String, isURL: Bool) {
        #expect(FileInput(pathOrURL: text) == (isURL ? .url(text) : .path(BytePath(text))))
        #expect(FileInput.isURL(text) == isURL)
    }

    @Test func `a path keeps bytes that are no text, a URL encodes them`() {
        #expect(FileInput(pathOrURL: [0x61, 0xE9]) == .path(BytePath(bytes: [0x61, 0xE9])))
        #expect(FileInput(pathOrURL: Array("http://x/%2F".utf8) + [0xE9]) == .url("http://x/%2F%E9"))
        #expect(FileInput(pathOrURL: "http://x/é") == .url("http://x/é"))
    }
}

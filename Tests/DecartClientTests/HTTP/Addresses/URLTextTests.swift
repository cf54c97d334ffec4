import FoundationEssentials
import Testing

@testable import DecartClient

struct URLTextTests {
    @Test(arguments: [
        // What is legal stays, whatever it is.
        ("https://h.test/f/a.mp4?sig=x%2Fy&name=b", "https://h.test/f/a.mp4?sig=x%2Fy&name=b"),
        ("http://[::1]:80/a%2fb;c=d,e?f=:@/?!$&'()*+#g", "http://[::1]:80/a%2fb;c=d,e?f=:@/?!$&'()*+#g"),
        ("//[fd00::1]/x", "//[fd00::1]/x"), ("../a%20b?c", "../a%20b?c"), ("", ""), ("?", "?"), ("/", "/"),
        // What is illegal is encoded, and nothing else with it.
        ("/f/a.mp4?sig=x%2Fy&name=my clip.mp4", "/f/a.mp4?sig=x%2Fy&name=my%20clip.mp4"),
        ("/a b%2F?c d%2F#e f%2F", "/a%20b%2F?c%20d%2F#e%20f%2F"),
        ("/a|b\\c^d`e{f}g\"h<i>j\u{7F}\t", "/a%7Cb%5Cc%5Ed%60e%7Bf%7Dg%22h%3Ci%3Ej%7F%09"),
        ("/é/日%E6", "/%C3%A9/%E6%97%A5%E6"), ("http://h/%C3%A9é", "http://h/%C3%A9%C3%A9"),
        // A percent sign that encodes nothing.
        ("/100%", "/100%25"), ("/100%/x", "/100%25/x"), ("/%zz%2", "/%25zz%252"), ("/%%41", "/%25%41"),
        // Brackets are for hosts.
        ("http://[::1]/a[0]?q[]=%5B", "http://[::1]/a%5B0%5D?q%5B%5D=%5B"), ("/a[0]//[x]", "/a%5B0%5D//%5Bx%5D"),
        ("a[0]://[x]", "a%5B0%5D://%5Bx%5D"),
        // Only one # begins a fragment.
        ("/a#b#c%23", "/a#b%23c%23"),
    ])
    func `what is encoded stays and only what is illegal is encoded`(text: String, expected: String) {
        #expect(URLText.encoded(text) == expected)
        #expect(URLText.encoded(expected) == expected, "encoding is done once")
        #expect(URLText.encoded(Array(text.utf8)) == expected)
    }

    @Test func `a byte that is no UTF-8 goes out as that byte`() {
        #expect(URLText.encoded(Array("/caf".utf8) + [0xE9, 0x20, 0xFF, 0x00]) == "/caf%E9%20%FF%00")
    }

    @Test(arguments: [
        ("http://h", "/"), ("http://h/", "/"), ("http://h?x=/", "/?x=/"), ("http://h#x", "/"), ("http://h/#", "/"),
        ("http://u:p@h:80/a%E9//b?c=%FC#d?", "/a%E9//b?c=%FC"), ("https://[::1]:1/x", "/x"), ("http://h//x", "//x"),
    ])
    func `what a server is asked for is path and query`(url: String, target: String) {
        #expect(URLText.target(of: url) == target)
    }

    @Test func `every byte by itself comes out as an address that Foundation takes unchanged`() throws {
        for first in UInt8.min...UInt8.max {
            for text in [[first], [first, UInt8(ascii: "4")], [UInt8(ascii: "%"), first, UInt8(ascii: "f")]] {
                let url = "http://h.test/a%2F" + URLText.encoded(text + Array("%2F?%2F".utf8))
                let parsed = try #require(URL(string: url, encodingInvalidCharacters: false), "\(text)")
                #expect(parsed.absoluteString == url)
            }
        }
    }
}

import AsyncHTTPClient
import NIOHTTP1
import SeededNumbers
import Testing

@testable import DecartClient

struct RequestTemplateTests {
    @Test(arguments: [
        ("http://h.test", "/", false), ("http://h.test/a%2Fb?c#d", "/a%2Fb?c", false),
        ("https://h.test?c", "/?c", false),
        ("http://h.test/caf%E9", "/caf%E9", true), ("http://h.test/caf%C3%A9", "/caf%C3%A9", false),
        ("http://h.test/a b|c", "/a%20b%7Cc", false),
    ])
    func `a template knows its target, and whether the HTTP client would lose it`(
        url: String, target: String, isLost: Bool
    ) throws {
        let template = try RequestTemplate(.GET, url)
        #expect(template.target == target)
        #expect(template.isTargetLost == isLost)
    }

    @Test func `no address ends the process, whatever a redirect or a script says`() {
        let words = [
            "http://", "https://", "//", "/", "h.test", "127.0.0.1", "[::1]", "[", "]", "@", ":", ":80", ":65536",
            ":-1", "%",
            "%0D%0A", "%00", "%E9", "?", "#", "\\", " ", "\u{FFFD}", "é", "日本", "..", ";", "99999999999999999999",
            "xn--",
        ]
        var numbers = SplitMix64(seed: 13)
        var usable = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...7, using: &numbers)
            let url = (0..<count).map { _ in words.randomElement(using: &numbers) ?? "" }.joined()
            for text in [url, "http://" + url] {
                guard let template = try? RequestTemplate(.GET, text) else { continue }
                usable += 1
                #expect((1...65535).contains(template.http.port))
                #expect(template.target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
                #expect(!template.http.host.utf8.contains { $0 <= 0x20 })
            }
        }
        #expect(usable > 1000)
    }
}

import Testing

@testable import WebUI

struct HostRuleTests {
    @Test(arguments: ["127.0.0.1", "127.0.0.1:8080", "localhost:9", "LOCALHOST", "[::1]", "[::1]:8080"])
    func `this machine goes by these names`(host: String) {
        #expect(HostRule(listening: "127.0.0.1").allows(host))
    }

    @Test(
        arguments: [
            "10.0.0.7", "example.com", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:123456", "[::1", "[::1]x", "::1", ":80",
            "", "localhost:80:80", "127.0.0.1@evil.example", "[::2]",
        ])
    func `and by no other`(host: String) {
        #expect(!HostRule(listening: "127.0.0.1").allows(host))
    }

    @Test func `an address that it was told to listen on is one of its names`() {
        #expect(HostRule(listening: "box.local").allows("Box.local:8080"))
        #expect(HostRule(listening: "10.0.0.7").allows("10.0.0.7:8080"))
        #expect(!HostRule(listening: "10.0.0.7").allows("10.0.0.8:8080"))
    }

    @Test func `listening everywhere it goes by numbers, which nobody can make point elsewhere`() {
        for everywhere in ["0.0.0.0", "::"] {
            #expect(HostRule(listening: everywhere).allows("10.0.0.7:8080"))
            #expect(HostRule(listening: everywhere).allows("[fe80::1]:8080"))
            #expect(!HostRule(listening: everywhere).allows("evil.example:8080"))
        }
    }
}

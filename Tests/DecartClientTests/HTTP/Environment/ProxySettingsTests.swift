import DecartAPI
import Testing

@testable import DecartClient

struct ProxySettingsTests {
    private func port(_ environment: [String: String], _ scheme: String = "https") throws -> Int? {
        try ProxySettings(environment: environment).server(for: scheme, host: "api.test", port: 443)?.port
    }

    @Test func `each scheme has its variable, the lower case goes first, an empty one is none`() throws {
        #expect(try port(["HTTPS_PROXY": "http://p:1"]) == 1)
        #expect(try port(["HTTPS_PROXY": "http://p:1", "https_proxy": "http://p:2"]) == 2)
        #expect(try port(["HTTPS_PROXY": "http://p:1", "https_proxy": ""]) == 1)
        #expect(try port(["http_proxy": "http://p:1"]) == nil)
        #expect(try port(["http_proxy": "http://p:1"], "http") == 1)
        #expect(try port(["HTTPS_PROXY": "http://p:1"], "http") == nil)
        // A CGI program's HTTP_PROXY is the Proxy header of whoever called it.
        #expect(try port(["HTTP_PROXY": "http://p:1"], "http") == nil)
        #expect(try port(["https_proxy": ""]) == nil)
    }

    @Test(arguments: [
        ("http://proxy.test:3128", "proxy.test:3128"), ("http://proxy.test:3128/", "proxy.test:3128"),
        ("proxy.test:3128", "proxy.test:3128"), ("HTTP://10.0.0.1", "10.0.0.1:1080"),
        ("http://user:secret@proxy.test:8080", "proxy.test:8080"),
    ])
    func `a proxy is host and port, and its password never shows`(text: String, shown: String) throws {
        let proxy = try ProxyServer(text, from: "HTTPS_PROXY")
        var dumped = ""
        dump(proxy, to: &dumped)
        #expect("\(proxy)" == shown)
        #expect(!(dumped + String(reflecting: proxy)).contains("secret"))
    }

    @Test(arguments: [
        "http://", "http://:80", "socks5://secret:secret@p:1", "https://secret@p:1", "http://p:99999", "http://p:0",
        "http://p:x", "http://secret@p:1/path", "http://p:1?secret", "http://p q:1", "http://secret\n@p:1",
    ])
    func `a bad proxy is INVALID_OPTIONS that names the variable and hides its value`(text: String) {
        let error = #expect(throws: DecartError.self) {
            try HTTPTransport.Configuration.fromEnvironment(["HTTPS_PROXY": text])
        }
        #expect(error?.code == .invalidOptions)
        #expect(error?.message.hasPrefix("HTTPS_PROXY is not a usable proxy") == true)
        #expect(error?.message.contains("secret") == false)
    }

    @Test(arguments: [
        ("api.test", "api.test", true), ("test", "api.test", true), (".api.test", "api.test", true),
        ("*.test", "api.test", true), ("*", "api.test", true), ("i.test", "api.test", false),
        ("other, API.test.", "api.test", true), ("api.test:443", "api.test", true), ("api.test:80", "api.test", false),
        ("api.test", "xapi.test", false), ("", "api.test", false), (",, ,", "api.test", false),
        ("10.0.0.7", "10.0.0.7", true), ("[fd00::1]", "fd00::1", true), ("fd00::1", "[fd00::1]", true),
        ("[fd00::1]:443", "fd00::1", true), ("[fd00::1]:80", "fd00::1", false), (".", "api.test", false),
        ("", "localhost", true), ("", "queue.localhost", true), ("", "127.9.9.9", true), ("", "::1", true),
        ("", "127.evil.test.com", false), ("", "127.0.0.1.test", false),
    ])
    func `exceptions are hosts, suffixes, ports and everything`(list: String, host: String, isExcepted: Bool) {
        #expect(ProxyExceptions(list).contain(host: host, port: 443) == isExcepted)
    }
}

import DecartAPI
import Testing

@testable import DecartClient

struct ProxySettingsTests {
    private func port(_ environment: [String: String], _ scheme: String = "https") throws -> Int? {
        try ProxySettings(environment: environment).route(for: scheme, host: "api.test").proxy?.port
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
        ("*.test", "api.test", false), ("*", "api.test", true), ("*", "10.0.0.1", true), ("i.test", "api.test", false),
        ("x,*", "api.test", false), ("*,x", "api.test", false), ("**", "api.test", false),
        ("..test", "api.test", false),
        ("other, API.test.", "api.test", true), ("api.test:443", "api.test", false), ("x\tapi.test", "api.test.", true),
        ("x;api.test", "api.test", false),
        ("api.test", "xapi.test", false), ("", "api.test", false), (",, ,", "api.test", false),
        ("10.0.0.7", "10.0.0.7", true), ("[fd00::1]", "fd00::1", false), ("fd00::1", "[fd00::1]", true),
        ("10.0.0.7:443", "10.0.0.7", false), ("0.0.7", "10.0.0.7", false), ("10.0.0.7.", "10.0.0.7", false),
        ("10.0.0.7", "x.10.0.0.7", true), ("10.0.0.0/0", "10.0.0.1", false), ("10.0.0.0/0", "10.0.0.0", true),
        ("[fd00::1]:443", "fd00::1", false), (".", "api.test", false),
        ("", "localhost", true), ("", "queue.localhost", true), ("", "127.9.9.9", true), ("", "::1", true),
        ("", "127.evil.test.com", false), ("", "127.0.0.1.test", false), ("", "::ffff:127.0.0.1", true),
        ("192.0.2.0/24", "192.0.2.200", true), ("192.0.2.0/24", "192.0.3.1", false), ("fd00::/8", "[fd12::1]", true),
        ("fd00::/8", "fe80::1", false), ("[fd00::]/8", "fd00::1", false), ("fd00::1", "fd00:0:0::1", true),
        ("10.0.0.0/33", "10.0.0.1", false), ("10.0.0.0/8", "10.0.0.1.test", false), ("0.0.0.0/0", "api.test", false),
        ("0.0.0.0/0", "8.8.8.8", false),
    ])
    func `exceptions are what they are to curl, and this machine`(list: String, host: String, isExcepted: Bool) {
        #expect(ProxyExceptions(list).contain(host: host) == isExcepted)
    }
}

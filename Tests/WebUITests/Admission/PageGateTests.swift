import Testing

@testable import WebUI

/// Who is let in, and who is not.
struct PageGateTests {
    private static let token = PageToken(text: "a-token_of_27_letters_here1")
    private let gate = PageGate(token: token, hosts: HostRule(listening: "127.0.0.1"))

    private func judge(
        _ path: String, method: String = "GET", host: String? = "127.0.0.1:80", origin: String? = nil,
        site: String? = nil
    ) -> PageGate.Verdict {
        gate.judge(.init(method: method, path: path, host: host, origin: origin, site: site))
    }

    private static let base = "/\(token.text)/"

    @Test(
        arguments: [
            ("GET", "", PageRoute.page), ("HEAD", "", .page), ("GET", "events", .events),
            ("GET", "page.js", .asset(.script)), ("GET", "media/1ab", .media("1ab")),
            ("HEAD", "media/1ab", .media("1ab")),
        ] as [(String, String, PageRoute)])
    func `what lies behind the token is served`(method: String, path: String, route: PageRoute) {
        #expect(judge(Self.base + path, method: method) == .admitted(route))
    }

    @Test(
        arguments: [
            "/", "", "/events", "/a-token_of_27_letters_here2/", "/a-token_of_27_letters_here/", "//", "/media/1",
        ])
    func `without the token there is nothing`(path: String) {
        guard case .refused(status: 403, _) = judge(path) else { return #expect(Bool(false), "\(judge(path))") }
    }

    @Test func `a browser that asks for an icon on its own gets none, without an error`() {
        #expect(judge("/favicon.ico") == .empty)
        #expect(judge("/favicon.ico", host: "evil.example") != .empty)
        #expect(judge("/favicon.ico", method: "POST") != .empty)
    }

    @Test func `only the slash is missing`() {
        #expect(judge("/\(Self.token.text)") == .redirect(Self.base))
    }

    @Test(
        arguments: [
            "../../etc/passwd", "page.js/", "media", "..%2f..%2fetc%2fpasswd", "/etc/passwd", "PAGE.JS", "page.html",
            "%65vents",
        ])
    func `no other path leads anywhere`(path: String) {
        guard case .absent = judge(Self.base + path) else {
            return #expect(Bool(false), "\(judge(Self.base + path))")
        }
    }

    @Test(arguments: ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", "", nil])
    func `a name that somebody made point here is refused, also with the token`(host: String?) {
        guard case .refused(status: 403, _) = judge(Self.base, host: host) else {
            return #expect(Bool(false), "\(judge(Self.base, host: host))")
        }
    }

    @Test(arguments: ["https://evil.example", "http://127.0.0.1:81", "http://localhost:80", "null", nil])
    func `an action is for the page's own origin alone`(origin: String?) {
        guard case .refused(status: 403, _) = judge(Self.base + "action", method: "POST", origin: origin) else {
            return #expect(Bool(false), "\(judge(Self.base + "action", method: "POST", origin: origin))")
        }
    }

    @Test func `the page's own actions are admitted`() {
        let verdict = judge(Self.base + "action", method: "POST", origin: "http://127.0.0.1:80", site: "same-origin")
        #expect(verdict == .admitted(.action))
    }

    @Test func `another site may link to the page, and no more`() {
        #expect(judge(Self.base, site: "cross-site") == .admitted(.page))
        for path in ["events", "media/1", "page.js"] {
            guard case .refused(status: 403, _) = judge(Self.base + path, site: "cross-site") else {
                return #expect(Bool(false), "\(path)")
            }
        }
        guard case .refused = judge(Self.base + "events", origin: "http://evil.example") else {
            return #expect(Bool(false))
        }
    }

    @Test(arguments: [("POST", ""), ("POST", "events"), ("GET", "action"), ("PUT", "action"), ("DELETE", "media/1")])
    func `a method that is not for it is told so`(method: String, path: String) {
        let verdict = judge(Self.base + path, method: method, origin: "http://127.0.0.1:80")
        guard case .refused(status: 405, _) = verdict else {
            return #expect(Bool(false), "\(method) \(path)")
        }
    }

    @Test func `tokens differ, are long, and match only whole`() {
        let tokens = Set((0..<100).map { _ in PageToken.random().text })
        #expect(tokens.count == 100)
        #expect(tokens.allSatisfy { $0.count == 27 })
        #expect(Self.token.matches(Self.token.text))
        #expect(!Self.token.matches(Self.token.text.dropLast()))
        #expect(!Self.token.matches(Self.token.text + "x"))
        #expect(!Self.token.matches(""))
    }
}

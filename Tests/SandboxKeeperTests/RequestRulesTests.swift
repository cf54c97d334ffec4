import DecartAPI
import ScriptPermissions
import Testing

@testable import SandboxKeeper

struct RequestRulesTests {
    private static let base = "https://api.test/root"

    private func rules(net: [String] = [], all: Bool = false) throws -> RequestRules {
        var permissions = Permissions()
        permissions.net.named = net.map { Array($0.utf8) }
        permissions.net.isAll = all
        var rules = RequestRules(base: Self.base, permissions: permissions)
        rules.made(job: try JobID("job 1"))
        rules.made(file: "file_1")
        return rules
    }

    private func verdict(_ rules: RequestRules, _ method: TransportRequest.Method, _ url: String) -> RequestRules
        .Verdict?
    {
        try? rules.verdict(method, url).get()
    }

    private func elsewhere(_ url: String, _ needsPublicAddress: Bool) -> RequestRules.Verdict? {
        WebPlace(url).map { .elsewhere($0, needsPublicAddress: needsPublicAddress) }
    }

    @Test func `an address that is only equal to a job's as text is none of its`() throws {
        var rules = try rules()
        let job = try JobID("job_K")
        rules.made(job: job)
        #expect(verdict(rules, .get, "\(Self.base)/v1/jobs/job_K") == .status(job))
        // The sign for Kelvin, which Swift holds for equal to a K.
        #expect("job_\u{212A}" == "job_K")
        #expect(verdict(rules, .get, "\(Self.base)/v1/jobs/job_\u{212A}") == nil)
    }

    @Test func `the API's own paths may be asked about what the run has made`() throws {
        let rules = try rules()
        let job = try JobID("job 1")
        #expect(verdict(rules, .get, "\(Self.base)/v1/jobs/job%201") == .status(job))
        #expect(verdict(rules, .get, "\(Self.base)/v1/jobs/job%201/content") == .result(job))
        #expect(verdict(rules, .post, "\(Self.base)/v1/files") == .upload)
        #expect(verdict(rules, .delete, "\(Self.base)/v1/files/file_1") == .file(id: "file_1"))
        #expect(verdict(rules, .post, "\(Self.base)/v1/models/resolve") == .resolve)
    }

    @Test(
        arguments: [
            (.get, "/v1/jobs/other"), (.get, "/v1/jobs/job%201/"), (.get, "/v1/jobs/job%201/content/x"),
            (.get, "/v1/jobs/job%201?x=1"), (.get, "/v1/jobs/../jobs/job%201"), (.get, "/v1/jobs/job%20%31"),
            (.post, "/v1/jobs/lucy-2.5"), (.post, "/v1/generate/lucy-image-2"), (.post, "/v1/client/tokens"),
            (.delete, "/v1/jobs/job%201"), (.get, "/v1/files/file_2"), (.get, "/v1/account"), (.get, "/"),
            (.post, "/v1//files"), (.post, "/v1/files/"), (.get, "/v1/jobs/job%201#x"),
        ] as [(TransportRequest.Method, String)])
    func `nothing else of it may be asked`(_ method: TransportRequest.Method, _ path: String) throws {
        #expect(verdict(try rules(), method, Self.base + path) == nil)
    }

    @Test(arguments: [
        "https://api.test.evil.example/root/v1/files", "https://api.test/rootv1/files",
        "https://api.test@evil.example/x",
        "https://evil.example\\@api.test/root/v1/files", "ftp://api.test/x", "https:///x", "https://a b/",
        "http://[::1/x",
        "https://evil.example/\r\nx: y", "https://%61pi.test/x", "https://evil.example:99999/",
    ])
    func `an address that only looks like an allowed one is refused`(_ url: String) throws {
        #expect(verdict(try rules(net: ["ok.example"]), .get, url) == nil)
    }

    @Test func `other hosts are reached as they were allowed, without a word of the API`() throws {
        let rules = try rules(net: ["ok.example:8080", "ok.example:443"])
        #expect(
            verdict(rules, .post, "http://OK.example:8080/x")
                == elsewhere("http://ok.example:8080/x", false))
        #expect(
            verdict(rules, .get, "https://ok.example?x")
                == elsewhere("https://ok.example?x", false))
        #expect(verdict(rules, .get, "http://ok.example/") == nil)
        #expect(
            verdict(try self.rules(all: true), .get, "http://any.example/")
                == elsewhere("http://any.example/", true))
    }

    @Test func `where the server has led to may be read, and nothing beside it`() throws {
        var rules = try rules()
        let place = "https://store.example/a?sign=1"
        #expect(verdict(rules, .get, place) == nil)
        rules.led(to: place)
        #expect(verdict(rules, .get, place) == elsewhere(place, true))
        #expect(verdict(rules, .post, place) == nil)
        #expect(verdict(rules, .get, "https://store.example/a?sign=2") == nil)
    }

    @Test func `a refusal names the flag that is missing`() throws {
        guard case .failure(let refusal) = try rules().verdict(.get, "http://other.example:81/") else {
            Issue.record("it is allowed")
            return
        }
        #expect(refusal.error.code == .permissionDenied)
        #expect(refusal.error.message.contains("--allow-net=other.example:81"))
    }

    @Test(arguments: [
        "http://bad.example/", "http://BAD.example./", "http://bad.example:80/", "http://10.0.0.1/",
        "http://0xa.0.0.1/",
        "http://167772161/", "http://[::ffff:10.0.0.1]/", "http://[::FFFF:a00:1]/",
    ])
    func `what is denied is denied in every spelling`(_ url: String) throws {
        var permissions = Permissions()
        permissions.net.allow(nil)
        permissions.net.deny([Array("bad.example".utf8), Array("10.0.0.1".utf8)])
        var rules = RequestRules(base: Self.base, permissions: permissions)
        rules.led(to: url)
        guard case .failure(let refusal) = rules.verdict(.get, url) else {
            Issue.record("it is allowed")
            return
        }
        #expect(refusal.message.contains("--deny-net takes it away"))
    }

    @Test(arguments: [
        ("HTTP://OK.example./x?Y", "http://ok.example/x?Y"), ("https://[::1]:8080/", "https://[::1]:8080/"),
        ("http://0x7f.1", "http://127.0.0.1"), ("http://[::ffff:1.2.3.4]:80/a", "http://1.2.3.4:80/a"),
    ])
    func `what is asked is what was judged`(_ given: String, _ asked: String) {
        #expect(WebPlace(given)?.url == asked)
    }

    @Test func `an IPv6 address is advised in brackets`() throws {
        guard case .failure(let refusal) = try rules().verdict(.get, "http://[fe80::1]:81/") else {
            Issue.record("it is allowed")
            return
        }
        #expect(refusal.message.contains("'--allow-net=[fe80::1]:81' allows it"))
    }
}

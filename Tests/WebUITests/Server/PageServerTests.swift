import Foundation
import LiveDocument
import RunClock
import Testing

@testable import WebUI

/// The server as anybody on the network may speak to it.
@Suite(.timeLimit(.minutes(5)))
struct PageServerTests {
    @Test func `the page comes with its rules, and tells nobody its address`() async throws {
        try await ServedPage.with { served in
            let reply = try await RawClient.reply(served.address).lowercased()
            #expect(reply.hasPrefix("http/1.1 200"))
            #expect(reply.contains("content-security-policy: default-src 'none'; script-src 'self';"))
            let rules = ["x-content-type-options: nosniff", "referrer-policy: no-referrer", "cache-control: no-store"]
            for header in rules {
                #expect(reply.contains(header))
            }
            #expect(!reply.contains("access-control"))
            for asset in PageAsset.allCases {
                #expect(try await RawClient.reply(served.address, "GET", asset.rawValue).hasPrefix("HTTP/1.1 200"))
            }
        }
    }

    @Test(
        arguments: [
            ("GET", "/", [:]), ("GET", "/wrong/events", [:]), ("GET", "", ["Host": "evil.example"]),
            ("GET", "events", ["Origin": "http://evil.example"]), ("GET", "events", ["Sec-Fetch-Site": "cross-site"]),
            ("POST", "action", [:]), ("POST", "action", ["Origin": "http://evil.example"]),
            ("POST", "action", ["Origin": "null"]), ("POST", "goodbye?page=a", ["Origin": "http://evil.example"]),
        ] as [(String, String, [String: String])])
    func `a stranger is refused`(method: String, path: String, headers: [String: String]) async throws {
        try await ServedPage.with { served in
            served.show { $0.set("secret", .textContent, .text("what only the page may see")) }
            let reply = try await RawClient.reply(served.address, method, path, headers: headers, body: "")
            #expect(reply.hasPrefix("HTTP/1.1 403"))
            #expect(!reply.contains("what only the page may see"))
            #expect(!reply.contains(try #require(URL(string: served.address)).path))
        }
    }

    @Test(
        arguments: [
            "media/../../../etc/passwd", "media/%2e%2e%2fetc%2fpasswd", "media//etc/passwd", "media/", "../etc/passwd",
        ])
    func `a path leads to no file but those that are shown`(path: String) async throws {
        try await ServedPage.with { served in
            served.show { $0.set("clip", .src, .media(.path(TestClip.path))) }
            let reply = try await RawClient.reply(served.address, "GET", path)
            #expect(reply.hasPrefix("HTTP/1.1 404") || reply.hasPrefix("HTTP/1.1 403"))
            #expect(!reply.contains("root:"))
        }
    }

    @Test(arguments: [false, true])
    func `what is shown is sent whole or in parts`(fromFile: Bool) async throws {
        let file = try ScratchFile("a.mp4", "0123456789")
        let storage: MediaBlob.Storage =
            fromFile ? .file(path: file.path, owner: file) : .memory(Array("0123456789".utf8))
        let blob = MediaBlob(storage: storage, size: 10, type: "video/mp4", name: nil)
        try await ServedPage.with { served in
            served.show { $0.set("clip", .src, .media(.blob(blob))) }
            let path = try await Self.mediaPath(served)
            let whole = try await RawClient.reply(served.address, "GET", path)
            #expect(whole.hasPrefix("HTTP/1.1 200") && whole.hasSuffix("\r\n\r\n0123456789"))
            #expect(whole.contains("Content-Type: video/mp4") && whole.contains("Accept-Ranges: bytes"))
            #expect(whole.contains("sandbox"))
            let ranges = [("2-4", "234", "2-4"), ("7-", "789", "7-9"), ("-3", "789", "7-9"), ("0-0", "0", "0-0")]
            for (range, part, described) in ranges {
                let reply = try await RawClient.reply(served.address, "GET", path, headers: ["Range": "bytes=\(range)"])
                #expect(reply.hasPrefix("HTTP/1.1 206") && reply.hasSuffix("\r\n\r\n\(part)"))
                #expect(reply.contains("Content-Range: bytes \(described)/10"))
                #expect(reply.contains("Content-Length: \(part.count)"))
            }
            let beyond = try await RawClient.reply(served.address, "GET", path, headers: ["Range": "bytes=10-"])
            #expect(beyond.hasPrefix("HTTP/1.1 416") && beyond.contains("Content-Range: bytes */10"))
            let head = try await RawClient.reply(served.address, "HEAD", path)
            #expect(head.hasPrefix("HTTP/1.1 200") && head.contains("Content-Length: 10") && head.hasSuffix("\r\n\r\n"))
            let other = try await RawClient.reply(
                served.address, "GET", path, headers: ["Range": "bytes=2-4", "If-Range": "\"other\""])
            #expect(other.hasPrefix("HTTP/1.1 200"))
            served.show { $0.set("clip", .src, nil) }
            #expect(try await RawClient.reply(served.address, "GET", path).hasPrefix("HTTP/1.1 404"))
        }
    }

    @Test func `a file of the user's is sent as what its name says, and a folder or a pipe is not sent`() async throws {
        let file = try ScratchFile("a.svg", "<svg/>")
        #expect(mkfifo(file.folder + "/pipe", 0o600) == 0)
        try await ServedPage.with { served in
            served.show { $0.set("picture", .src, .media(.path(file.path))) }
            let path = try await Self.mediaPath(served)
            let reply = try await RawClient.reply(served.address, "GET", path)
            #expect(reply.contains("Content-Type: image/svg+xml") && reply.hasSuffix("<svg/>"))
            for bad in [file.folder, file.folder + "/pipe", file.folder + "/nothing"] {
                served.show { $0.set("picture", .src, .media(.path(bad))) }
                let path = try await Self.mediaPath(served)
                #expect(try await RawClient.reply(served.address, "GET", path).hasPrefix("HTTP/1.1 404"))
            }
        }
    }

    @Test func `an action is small, well formed, and about something that can be done`() async throws {
        try await ServedPage.with { served in
            let (button, plain) = served.show { document in
                document.set("go", .onclick, .flag(true))
                return (document.element(named: "go"), document.element(named: "plain"))
            }
            for (body, status) in [
                (String(repeating: "x", count: 70_000), 413), ("not JSON", 400),
                (#"{"type":"click","n":\#(plain.number)}"#, 204), (#"{"type":"click","n":-1}"#, 204),
                (#"{"type":"click","n":\#(button.number)}"#, 202),
            ] {
                let reply = try await Self.post(served, body)
                #expect(reply.hasPrefix("HTTP/1.1 \(status)"))
            }
            #expect(await served.nextEvent() == DocumentEvent(.click, on: button))
        }
    }

    @Test func `clicks that the script does not take are refused in the end`() async throws {
        try await ServedPage.with(holdsEvents: true) { served in
            let button = served.show { document in
                document.set("go", .onclick, .flag(true))
                return document.element(named: "go")
            }
            for _ in 1...256 { #expect(served.hub.deliver(DocumentEvent(.click, on: button))) }
            let reply = try await Self.post(served, #"{"type":"click","n":\#(button.number)}"#)
            #expect(reply.hasPrefix("HTTP/1.1 503") && reply.contains("busy"))
        }
    }

    @Test func `there may be so many pages and no more`() async throws {
        try await ServedPage.with(pageLimit: 2) { served in
            let first = try await Self.stream(served, page: "a")
            let second = try await Self.stream(served, page: "b")
            #expect(try await RawClient.reply(served.address, "GET", "events?page=c").hasPrefix("HTTP/1.1 503"))
            try await first.close()
            while try await RawClient.reply(served.address, "HEAD", "").isEmpty {}
            try await second.close()
        }
    }

    @Test func `a page that never reads is cut off, and the others go on`() async throws {
        let clock = VirtualClock()
        try await ServedPage.with(clock: clock, pageLimit: 2) { served in
            let idle = try await RawClient(served.address, reads: false)
            try await idle.send(Self.request(served, "events?page=idle"))
            let reader = try await Self.stream(served, page: "reader")
            // More than the two ends of a connection hold, once for each frame.
            let text = String(repeating: "x", count: 1 << 20)
            for number in 1...24 {
                served.show { $0.set("status", .textContent, .text("\(text) \(number)")) }
                clock.advance(by: .milliseconds(50))
                _ = await reader.text { $0.contains("x \(number)\"") }
            }
            clock.advance(by: .seconds(20))
            // Once it is cut off there is room for another page.
            while try await RawClient.reply(served.address, "GET", "events?brief").hasPrefix("HTTP/1.1 503") {}
            try await idle.readOn()
            // It ends by itself, in the middle of something.
            _ = await idle.text()
            #expect(idle.count < 24 << 20)
            served.show { $0.set("status", .textContent, .text("still here")) }
            clock.advance(by: .milliseconds(50))
            #expect(await reader.text { $0.contains("still here") }.contains("still here"))
            try await reader.close()
        }
    }

    @Test func `a silent page is told now and then that there is nothing new`() async throws {
        let clock = VirtualClock()
        try await ServedPage.with(clock: clock) { served in
            let reader = try await Self.stream(served, page: "a")
            _ = await reader.text { $0.contains("event: run") }
            clock.advance(by: .seconds(11))
            #expect(await reader.text { $0.contains("event: beat") }.contains("event: beat"))
            try await reader.close()
        }
    }

    @Test func `a page without a connection to keep is told all at once, and the stream ends`() async throws {
        try await ServedPage.with { served in
            served.show { $0.set("status", .textContent, .text("so far")) }
            let whole = try await RawClient.reply(served.address, "GET", "events?page=a&brief=yes")
            let number = try #require(whole.firstMatch(of: /id: (\d+)/)).output.1
            for event in ["hello", "state", "run", "later"] { #expect(whole.contains("event: \(event)\n")) }
            served.show { $0.set("status", .textContent, .text("and more")) }
            let rest = try await RawClient.reply(served.address, "GET", "events?page=a&brief=yes&after=\(number)")
            #expect(rest.contains("event: patch") && rest.contains("and more") && rest.contains("event: later"))
            served.hub.sayGoodbye()
            #expect(try await RawClient.reply(served.address, "GET", "events?brief").contains("event: end"))
        }
    }

    @Test func `a browser's reports are taken from the page alone, and told`() async throws {
        let file = try ScratchFile("mine.html", "<p>")
        let report = #"{"csp-report":{"effective-directive":"font-src","blocked-uri":"http://a/b"}}"#
        try await ServedPage.with(page: file.path) { served in
            for origin in ["http://evil.example", "null"] {
                let reply = try await RawClient.reply(
                    served.address, "POST", "refusal", headers: ["Origin": origin], body: report)
                #expect(reply.hasPrefix("HTTP/1.1 403"))
            }
            #expect(served.notes.isEmpty)
            for body in [report, report, "junk", String(repeating: "x", count: 1 << 17)] {
                let origin = RawClient.origin(served.address)
                let reply = try await RawClient.reply(
                    served.address, "POST", "refusal", headers: ["Origin": origin], body: body)
                #expect(reply.hasPrefix("HTTP/1.1 204"))
            }
            #expect(served.notes.count == 1)
        }
    }

    private static func post(_ served: ServedPage, _ body: String) async throws -> String {
        try await RawClient.reply(
            served.address, "POST", "action", headers: ["Origin": RawClient.origin(served.address)], body: body)
    }

    private static func request(_ served: ServedPage, _ path: String) -> String {
        let url = URL(string: served.address)
        return "GET \(url?.path ?? "")/\(path) HTTP/1.1\r\nHost: 127.0.0.1:\(url?.port ?? 0)\r\n\r\n"
    }

    private static func stream(_ served: ServedPage, page: String) async throws -> RawClient {
        let client = try await RawClient(served.address)
        try await client.send(request(served, "events?page=\(page)"))
        _ = await client.text { $0.contains("event: state") }
        return client
    }

    /// Where the page finds what is shown last.
    private static func mediaPath(_ served: ServedPage) async throws -> String {
        let client = try await stream(served, page: "looker")
        let text = await client.text { $0.contains("event: run") }
        try await client.close()
        return String(try #require(text.firstMatch(of: /media\/\w+/)).output)
    }
}

import Foundation
import HTTPTypes
import Hummingbird
import LiveDocument
import Logging
import NIOCore
import NIOEmbedded
import RunClock
import SeededNumbers
import Testing

@testable import WebUI

/// Whatever is sent to the page is answered, and ends nothing.
@Suite(.timeLimit(.minutes(5)))
struct PageFuzzTests {
    private static let token = PageToken(text: "a-token_of_27_letters_here1")

    /// What pages send, from which all else is made.
    private static let samples: [(method: String, path: String, headers: [(String, String)], body: String)] = [
        ("GET", "", [], ""), ("HEAD", "page.js", [], ""), ("GET", "events?page=ab%20c&after=3&brief=yes", [], ""),
        ("GET", "events", [("Last-Event-ID", "7"), ("Sec-Fetch-Site", "same-origin")], ""),
        ("GET", "media/MEDIA", [("Range", "bytes=2-4")], ""),
        ("GET", "media/MEDIA", [("Range", "bytes=11-12")], ""),
        ("GET", "media/MEDIA", [("Range", "bytes=-3"), ("If-Range", "\"blob\"")], ""),
        ("POST", "action", [("Origin", "http://127.0.0.1:80")], #"{"type":"click","n":1}"#),
        ("POST", "action", [("Origin", "http://127.0.0.1:80")], #"{"type":"input","n":2,"value":"a lake 日本"}"#),
        ("POST", "action", [("Origin", "http://127.0.0.1:80")], #"{"type":"missing","n":3}"#),
        ("POST", "goodbye?page=abc", [("Origin", "http://127.0.0.1:80")], ""),
        (
            "POST", "refusal", [("Origin", "http://127.0.0.1:80")],
            #"{"csp-report":{"effective-directive":"font-src","blocked-uri":"http://a/b","line-number":7}}"#
        ),
    ]

    /// Sets, drops, doubles and moves bytes, a few or many.
    private static func mutated(_ text: String, _ chance: inout SplitMix64) -> [UInt8] {
        var bytes = Array(text.utf8)
        let nasty: [[UInt8]] = [
            Array("%".utf8), Array("%ff".utf8), Array("%00".utf8), Array("-".utf8), Array("99999999999999999999".utf8),
            Array("9223372036854775807".utf8), Array("-9223372036854775808".utf8), Array("..".utf8), [0], [0xFF, 0xFE],
            Array("\r\n".utf8), Array("?&=&=".utf8), Array("1e999".utf8), Array("[[[[".utf8), Array(",,-".utf8),
        ]
        for _ in 0..<Int.random(in: 0...4, using: &chance) {
            let at = Int.random(in: 0...bytes.count, using: &chance)
            switch Int.random(in: 0..<5, using: &chance) {
            case 0 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &chance)
            case 1 where at < bytes.count:
                bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...4, using: &chance)))
            case 2: bytes.insert(contentsOf: nasty.randomElement(using: &chance) ?? [], at: at)
            case 3 where !bytes.isEmpty: bytes += bytes.suffix(Int.random(in: 1...bytes.count, using: &chance))
            default: bytes = Array(bytes.prefix(at))
            }
        }
        return bytes
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// A page with all that can be asked for in it.
    private static func hub() -> (PageHub, media: String) {
        let hub = PageHub(clock: VirtualClock(), onEvent: { _, taken in taken() }, note: { _ in })
        var document = LiveDocument()
        document.set("go", .onclick, .flag(true))
        document.set("words", .oninput, .flag(true))
        let blob = MediaBlob(storage: .memory(Array("0123456789".utf8)), size: 10, type: "video/mp4", name: nil)
        document.set("clip", .src, .media(.blob(blob)))
        hub.update(from: &document)
        let events = hub.news(for: hub.position(after: nil))?.events ?? ""
        return (hub, events.firstMatch(of: /media\/(\w+)/).map { String($0.output.1) } ?? "")
    }

    @Test(arguments: 0..<4)
    func `a hundred thousand mutated requests are answered`(seed: UInt64) async throws {
        var chance = SplitMix64(seed: seed)
        let (hub, media) = Self.hub()
        let channel = NIOAsyncTestingChannel()
        let responder = PageResponder(
            gate: PageGate(token: Self.token, hosts: HostRule(listening: "127.0.0.1")), hub: hub,
            streams: OpenStreams(on: channel.eventLoop), strangers: Strangers(), page: "/nowhere/mine.html",
            title: "test.lua", policy: ContentPolicy(.web))
        var statuses: [Int: Int] = [:]
        for number in 0..<25_000 {
            let sample = Self.samples[number % Self.samples.count]
            let path = "/\(Self.token.text)/\(sample.path.replacing("MEDIA", with: media))"
            // The token itself stays in most of them: without it there is little to reach.
            let start = Int.random(in: 0..<10, using: &chance) == 0 ? 0 : Self.token.text.utf8.count + 2
            var head = HTTPRequest(
                method: .init(number % 3 == 0 ? Self.text(Self.mutated(sample.method, &chance)) : sample.method)
                    ?? .get,
                scheme: "http",
                authority: number % 7 == 0 ? Self.text(Self.mutated("127.0.0.1:80", &chance)) : "127.0.0.1:80",
                path: String(path.prefix(start)) + Self.text(Self.mutated(String(path.dropFirst(start)), &chance)))
            for (name, value) in sample.headers {
                guard let name = HTTPField.Name(name) else { continue }
                head.headerFields[name] = number % 2 == 0 ? Self.text(Self.mutated(value, &chance)) : value
            }
            let body = RequestBody(buffer: ByteBuffer(bytes: Self.mutated(sample.body, &chance)))
            let response = try await responder.respond(
                to: Request(head: head, body: body),
                context: .init(source: .init(channel: channel, logger: Logger(label: "test"))))
            statuses[response.status.code, default: 0] += 1
            // A stream of events has no end.
            if response.headers[.contentType] != "text/event-stream" { try await response.body.write(Sink()) }
        }
        _ = try? await channel.finish()
        // They got everywhere.
        for status in [200, 202, 204, 206, 400, 403, 404, 405, 416] {
            #expect(statuses[status] ?? 0 > 0, "\(statuses)")
        }
    }

    /// As bytes, through the server's own parser: also what is no request at all.
    @Test(arguments: 0..<2)
    func `some thousand mutated texts leave the server as it was`(seed: UInt64) async throws {
        try await ServedPage.with { served in
            served.show { document in
                document.set("go", .onclick, .flag(true))
                document.set("clip", .src, .media(.path("nothing.mp4")))
            }
            var chance = SplitMix64(seed: seed, stream: 1)
            let path = try #require(URL(string: served.address)).path
            for number in 0..<1000 {
                let sample = Self.samples[number % Self.samples.count]
                var lines = ["\(sample.method) \(path)/\(sample.path) HTTP/1.1", "Host: 127.0.0.1:80"]
                lines += sample.headers.map { "\($0.0): \($0.1)" }
                lines.append("Content-Length: \(sample.body.utf8.count)")
                if number % 2 == 0 { lines.append("Transfer-Encoding: chunked") }
                let text = lines.joined(separator: "\r\n") + "\r\n\r\n" + sample.body
                let client = try await RawClient(served.address)
                try? await client.send(bytes: Self.mutated(text + text, &chance))
                try? await client.close()
            }
            #expect(try await RawClient.reply(served.address).hasPrefix("HTTP/1.1 200"))
        }
    }

    private struct Sink: ResponseBodyWriter {
        func write(_ buffer: ByteBuffer) async throws {}
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}

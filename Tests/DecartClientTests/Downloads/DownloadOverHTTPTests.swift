import DecartAPI
import TestSupport
import Testing

@testable import DecartClient

/// Downloads that break, from real servers whose content may have changed meanwhile. The content of the second version is
/// in capitals: no file may hold both.
struct DownloadOverHTTPTests {
    private static let old = "abcdefghij"
    private static let new = "ABCDEFGHIJ"
    private static let date = "Thu, 01 Jan 2026 00:00:00 GMT"

    /// The first five bytes of the old version, and the end of the connection.
    private static func cut(_ headers: String...) -> [LoopbackServer.Action] {
        let lines = (["HTTP/1.1 200 OK", "content-length: 10"] + headers).joined(separator: "\r\n")
        return [.send("\(lines)\r\n\r\n\(old.prefix(5))"), .close]
    }

    private static func part(_ text: some StringProtocol, _ headers: String...) -> [LoopbackServer.Action] {
        let lines = (["HTTP/1.1 206 Part", "content-length: \(text.utf8.count)"] + headers).joined(separator: "\r\n")
        return [.send("\(lines)\r\n\r\n\(text)")]
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// What the server does: request after request.
        var script: [[LoopbackServer.Action]]
        /// The `Range` of each request.
        var ranges: [String?]
        var result: String

        var testDescription: String { name }
    }

    private static let whole = LoopbackServer.reply(200, new)
    private static let rest = "content-range: bytes 5-9/10"

    private static let cases = [
        Case(
            name: "no validator", script: [cut(), whole], ranges: [nil, nil], result: new),
        Case(
            name: "a weak tag", script: [cut("etag: W/\"1\""), whole], ranges: [nil, nil], result: new),
        Case(
            name: "a date of just now", script: [cut("last-modified: \(date)", "date: \(date)"), whole],
            ranges: [nil, nil], result: new),
        Case(
            name: "a strong tag, unchanged", script: [cut("etag: \"1\""), part(old.suffix(5), rest, "etag: \"1\"")],
            ranges: [nil, "bytes=5-"], result: old),
        Case(
            name: "a strong tag, changed", script: [cut("etag: \"1\""), LoopbackServer.reply(200, new, "etag: \"2\"")],
            ranges: [nil, "bytes=5-"], result: new),
        Case(
            name: "a date long past, unchanged",
            script: [
                cut("last-modified: \(date)", "date: Fri, 02 Jan 2026 00:00:00 GMT"),
                part(old.suffix(5), rest, "last-modified: \(date)"),
            ],
            ranges: [nil, "bytes=5-"], result: old),
        Case(
            name: "a part of another version",
            script: [cut("etag: \"1\""), part(new.suffix(5), rest, "etag: \"2\""), whole],
            ranges: [nil, "bytes=5-", nil], result: new),
        Case(
            name: "a part of another size",
            script: [cut("etag: \"1\""), part(new.suffix(5), "content-range: bytes 5-9/11"), whole],
            ranges: [nil, "bytes=5-", nil], result: new),
        Case(
            name: "a part of a size not known",
            script: [cut("etag: \"1\""), part(old.suffix(5), "content-range: bytes 5-9/*"), whole],
            ranges: [nil, "bytes=5-", nil], result: new),
        Case(
            name: "a 200 that is a part",
            script: [cut("etag: \"1\""), LoopbackServer.reply(200, String(old.suffix(5)), rest), whole],
            ranges: [nil, "bytes=5-", nil], result: new),
        Case(
            name: "a first 200 that is a part",
            script: [LoopbackServer.reply(200, String(old.prefix(5)), "content-range: bytes 0-4/10"), whole],
            ranges: [nil, nil], result: new),
        Case(
            name: "an unasked 206 of the whole", script: [part(new, "content-range: bytes 0-9/10")],
            ranges: [nil], result: new),
    ]

    @Test(arguments: cases) func `a broken download is never of two versions`(of plan: Case) async throws {
        let folder = try ScratchFolder()
        let server = try await LoopbackServer.start(plan.script)
        _ = try await withTransport { transport in
            try await makeClient(transport, base: server.url)
                .queue.result(makeJob("j"), to: .path(folder.file("clip.mp4")))
        }
        await server.stop()
        #expect(folder.text("clip.mp4") == plan.result)
        #expect(server.requests.map { $0.header("range") } == plan.ranges)
        #expect(folder.names == ["clip.mp4"])
    }

    @Test func `a server that only ever sends a part is told apart from a whole, and leaves no file`() async throws {
        let folder = try ScratchFolder()
        let part = Self.part(Self.old.prefix(5), "content-range: bytes 0-4/10")
        let server = try await LoopbackServer.start(Array(repeating: part, count: 3) + [LoopbackServer.reply(404)])
        let error = try await withTransport { transport in
            let client = try makeClient(transport, base: server.url)
            let path = folder.file("clip.mp4")
            return try await failure { () throws(DecartError) in
                try await client.queue.result(JobID("j"), to: .path(path))
            }
        }
        await server.stop()
        #expect(error.code == .networkError)
        #expect(error.message.contains("another part than the one asked for"))
        #expect(folder.names.isEmpty)
    }
}

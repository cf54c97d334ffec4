import Foundation
import Testing

@testable import WebUI

/// Clients that do not know the token, or go away in the middle, in numbers.
@Suite(.timeLimit(.minutes(5)))
struct PageFloodTests {
    private static func get(_ path: String, times: Int) -> String {
        String(repeating: "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", count: times)
    }

    @Test func `after a refusal the connection ends, and what was sent behind it is not answered`() async throws {
        try await ServedPage.with { served in
            let client = try await RawClient(served.address)
            try await client.send(Self.get("/", times: 2000))
            let replies = await client.text().ranges(of: "HTTP/1.1 ")
            #expect(replies.count <= 1)
            let alone = try await RawClient(served.address)
            try await alone.send(Self.get("/", times: 1))
            #expect(await alone.text().hasPrefix("HTTP/1.1 403"))
        }
    }

    @Test func `connections that never show the token make room, and pages stay`() async throws {
        try await ServedPage.with { served in
            let page = try await RawClient(served.address)
            let path = try #require(URL(string: served.address)).path + "/"
            try await page.send(Self.get(path, times: 1))
            _ = await page.text { $0.contains("</html>") }
            var strangers: [RawClient] = []
            for _ in 1...200 { strangers.append(try await RawClient(served.address)) }
            // Those that came first are closed.
            for stranger in strangers.prefix(100) { #expect(await stranger.text().isEmpty) }
            let before = page.count
            try await page.send(Self.get(path, times: 1))
            _ = await page.text { text in text.ranges(of: "</html>").count == 2 }
            #expect(page.count > before)
            #expect(try await RawClient.reply(served.address).hasPrefix("HTTP/1.1 200"))
            for stranger in strangers.suffix(64) { try? await stranger.close() }
            try await page.close()
        }
    }

    /// Its own output has no reader, so that a signal for a broken connection would be taken for that one's.
    @Test func `a client that goes away does not end the program`() async throws {
        let script = try ScratchFile("wait.lua", "document.getElementById('go').onclick = print")
        try await RunningProgram.with("--web", script.path, browser: false, outputIsRead: false) { program in
            let address = try await program.address()
            let own = try #require(URL(string: address)).path + "/"
            // Few requests are all read when the client goes: what is written then meets a closed connection.
            for path in ["/", own + "page.css", own + "nothing"] {
                for times in 1...60 {
                    let client = try await RawClient(address)
                    try? await client.send(Self.get(path, times: times % 10 == 0 ? 2000 : times % 30))
                    _ = await client.text { !$0.isEmpty }
                    try? await client.close()
                }
            }
            #expect(try await RawClient.reply(address).hasPrefix("HTTP/1.1 200"))
            program.interrupt()
            #expect(try await program.end().status == 130)
        }
    }
}

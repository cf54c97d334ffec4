import Foundation
import TestSupport
import Testing

/// What the log and `--trace` tell of a run's requests, and what they must not tell.
@Suite(.timeLimit(.minutes(5)))
struct RequestTraceTests {
    private static let script = """
        local decart = require("decart")
        local client = decart.createDecartClient({ apiKey = "dct_of_the_script_itself" })
        pcall(client.queue.status, "job_abc")
        decart.fetch(arg[1] .. "/echo?X-Signature=" .. "signed_secret" .. "&page=2", {
          headers = { authorization = "Bearer very_private", cookie = "a=cookie_secret", ["x-plain"] = "shown" },
          body = "12345",
        })
        pcall(decart.fetch, arg[1] .. "/bytes/1000", { maxBytes = 10 })
        pcall(decart.fetch, "http://127.0.0.1:1/refused")
        """

    private static let secrets = [
        Command.key, "dct_of_the_script_itself", "signed_secret", "very_private", "cookie_secret",
    ]

    private func run(
        _ options: [String], script: String = Self.script
    ) async throws -> (outcome: Command.Outcome, archive: HTTPArchive?) {
        let command = try Command()
        try command.scratch.write("script.lua", script)
        let outcome = try await EchoServer.with { base, _ in
            try await command.run(["--base-url", base] + options + ["script.lua", base])
        }
        return (outcome, try command.scratch.bytes("out.har").map { try HTTPArchive($0) })
    }

    @Test func `debug tells each request in a line, and trace its headers`() async throws {
        let (debug, _) = try await run(["--log-level", "debug"])
        let lines = debug.errors.split(separator: "\n").filter { $0.contains("decart-lua.http") }
        #expect(lines.count == 4, "\(debug.errors)")
        #expect(lines.contains { $0.contains("GET /v1/jobs/job_abc 200") && $0.contains("attempt=1") })
        #expect(lines.contains { $0.contains("POST /echo?X-Signature=***&page=*** 200") && $0.contains("sent=5") })
        #expect(lines.contains { $0.contains("/refused failed: connection refused") })
        let (trace, _) = try await run(["--log-level", "trace"])
        #expect(trace.errors.contains("POST /echo?X-Signature=***&page=*** > authorization: ***"))
        #expect(trace.errors.contains("> x-plain: shown"))
        #expect(trace.errors.contains("> x-api-key: ***"))
        #expect(trace.errors.contains("< content-type: application/json"))
        for secret in Self.secrets { #expect(!debug.everything.contains(secret) && !trace.everything.contains(secret)) }
    }

    @Test func `a request that is made again tells why`() async throws {
        let refused = try await RudeServer.with { _, _ in
            .reply("503 Busy", "{}")
        } _: { url in
            try await Command().run(
                "--log-level", "debug", "--base-url", url, "-e",
                #"pcall(decart.createDecartClient({ maxRetries = 1 }).queue.status, "job_abc")"#)
        }
        let lines = refused.errors.split(separator: "\n")
        #expect(lines.contains { $0.contains("attempt=1") && $0.contains("503") })
        #expect(lines.contains { $0.contains("after=status 503") && $0.contains("attempt=2") }, "\(refused.errors)")
    }

    @Test func `as JSON the log is objects`() async throws {
        let (outcome, _) = try await run(["--log-level", "debug", "--ui", "json"])
        for line in outcome.errors.split(separator: "\n") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["type"] is String)
        }
        #expect(outcome.errors.contains(#""ms":"#))
    }

    @Test func `the archive has every request, with sizes and without secrets`() async throws {
        let (outcome, archive) = try await run(["--trace", "out.har"])
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
        let entries = try #require(archive).entries
        #expect(entries.map(\.method) == ["GET", "POST", "GET", "GET"])
        #expect(entries.map(\.status) == [200, 200, 200, 0])
        #expect(entries[1].url.hasSuffix("/echo?X-Signature=***&page=***"))
        #expect(entries[1].requestSize == 5)
        #expect(entries[1].requestHeaders["authorization"] == "***" && entries[1].requestHeaders["x-plain"] == "shown")
        #expect(entries[0].requestHeaders["x-api-key"] == "***")
        #expect(entries[0].replySize > 0)
        #expect(entries[2].error == "nobody wanted the rest of it")
        #expect(entries[3].error?.contains("connection refused") == true)
        let text = try #require(archive).text
        for secret in Self.secrets { #expect(!text.contains(secret)) }
    }

    @Test(arguments: [
        ("error('on purpose')", 1), ("os.exit(3)", 3), ("os.exit(3, true)", 3),
        ("io.popen('kill -TERM $PPID'):read('a') while true do end", 143),
        ("io.popen('kill -KILL $PPID'):read('a') while true do end", 137),
    ])
    func `the archive is whole whichever way the run ends`(end: String, status: Int32) async throws {
        let script =
            "local decart = require('decart') decart.fetch(arg[1] .. '/first') decart.fetch(arg[1] .. '/second') " + end
        let (outcome, archive) = try await run(["--trace", "out.har"], script: script)
        #expect(outcome.exitCode == status, "\(outcome.everything)")
        #expect(archive?.entries.map(\.status) == [200, 200])
    }

    @Test func `a run without requests has an archive without entries, for its owner only`() async throws {
        let command = try Command()
        let outcome = try await command.run("--trace", "out.har", "-e", "")
        #expect(outcome.exitCode == 0)
        #expect(try HTTPArchive(#require(command.scratch.bytes("out.har"))).entries.isEmpty)
        #expect(try rights(of: command.scratch.file("out.har")) == 0o600)
    }

    @Test(arguments: ["", "print('mine')\n", #"{"log":{"version":"1.2","creator":{"name":"another"}}}"#, "{"])
    func `only an empty file or an earlier trace is written over`(text: String) async throws {
        let command = try Command()
        try command.scratch.write("out.har", text)
        let first = try await command.run("--trace", "out.har", "-e", "print('ran')")
        if text.isEmpty {
            #expect(first.exitCode == 0, "\(first.everything)")
            let trace = command.scratch.text("out.har")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644], ofItemAtPath: command.scratch.file("out.har"))
            let second = try await command.run("--trace", "out.har", "-e", "print('ran')")
            #expect(second.exitCode == 0, "\(second.everything)")
            #expect(command.scratch.text("out.har") == trace)
            #expect(try rights(of: command.scratch.file("out.har")) == 0o600)
        } else {
            #expect(first.exitCode == 1)
            #expect(first.output.isEmpty)
            #expect(first.errors.contains("the trace cannot be written to 'out.har'"), "\(first.errors)")
            #expect(first.errors.contains("no trace of decart-lua's"), "\(first.errors)")
            #expect(command.scratch.text("out.har") == text)
        }
    }

    private func rights(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test(arguments: ["none/out.har", "/dev/null", "."])
    func `a file that cannot be written is named before the script runs`(path: String) async throws {
        let outcome = try await Command().run("--trace", path, "-e", "print('ran')")
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("the trace cannot be written to '\(path)'"), "\(outcome.errors)")
    }

    @Test func `under virtual time the archive is the same every time`() async throws {
        let command = try Command()
        try command.scratch.write(
            "script.lua",
            """
            local client = require("decart").createDecartClient()
            local clip = require("decart").blob("x", "video/mp4")
            client.queue.submitAndPoll({ model = "lucy-2.1", prompt = "x", data = clip })
            """)
        var archives: [String?] = []
        for name in ["a.har", "b.har"] {
            let outcome = try await command.run("--local", "--virtual-time", "--trace", name, "script.lua")
            #expect(outcome.exitCode == 0, "\(outcome.everything)")
            archives.append(command.scratch.text(name))
        }
        #expect(archives[0] != nil && archives[0] == archives[1])
        let entries = try HTTPArchive(#require(command.scratch.bytes("a.har"))).entries
        #expect(entries.first?.method == "POST" && entries.count > 2)
    }
}

/// An HTTP Archive, read as strictly as version 1.2 of the format is written: what lacks a field is none.
private struct HTTPArchive {
    struct Entry {
        var method: String
        var url: String
        var status: Int
        var requestSize: Int
        var replySize: Int
        var requestHeaders: [String: String]
        var error: String?
    }

    struct Missing: Error {
        var field: String
    }

    let text: String
    private(set) var entries: [Entry] = []

    init(_ bytes: Data) throws {
        text = String(decoding: bytes, as: UTF8.self)
        let log: [String: Any] = try Self.get(
            "log", of: try JSONSerialization.jsonObject(with: bytes) as? [String: Any] ?? [:])
        guard try Self.get("version", of: log) == "1.2" else { throw Missing(field: "version") }
        let creator: [String: Any] = try Self.get("creator", of: log)
        let _: String = try Self.get("name", of: creator)
        let _: String = try Self.get("version", of: creator)
        for entry in try Self.get("entries", of: log) as [[String: Any]] { entries.append(try Self.entry(entry)) }
    }

    private static func entry(_ entry: [String: Any]) throws -> Entry {
        let date: String = try get("startedDateTime", of: entry)
        guard date.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil else { throw Missing(field: date) }
        let request: [String: Any] = try get("request", of: entry)
        let response: [String: Any] = try get("response", of: entry)
        let content: [String: Any] = try get("content", of: response)
        let timings: [String: Double] = try get("timings", of: entry)
        let _: [String: Any] = try get("cache", of: entry)
        var total = 0.0
        for part in ["blocked", "send", "wait", "receive"] { total += try get(part, of: timings) }
        let time: Double = try get("time", of: entry)
        guard abs(total - time) < 0.01 else { throw Missing(field: "time \(time) of \(total)") }
        for part in [request, response] {
            let _: String = try get("httpVersion", of: part)
            let _: [Any] = try get("cookies", of: part)
            let _: Int = try get("headersSize", of: part)
        }
        let _: [[String: String]] = try get("queryString", of: request)
        let _: String = try get("statusText", of: response)
        let _: String = try get("redirectURL", of: response)
        let _: String = try get("mimeType", of: content)
        let headers: [[String: String]] = try get("headers", of: request)
        let _: [[String: String]] = try get("headers", of: response)
        return Entry(
            method: try get("method", of: request), url: try get("url", of: request),
            status: try get("status", of: response), requestSize: try get("bodySize", of: request),
            replySize: try get("size", of: content),
            requestHeaders: Dictionary(headers.map { ($0["name"] ?? "", $0["value"] ?? "") }) { $1 },
            error: response["_error"] as? String)
    }

    private static func get<Value>(_ field: String, of object: [String: Any]) throws -> Value {
        guard let value = object[field] as? Value else { throw Missing(field: field) }
        return value
    }
}

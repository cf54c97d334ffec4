import DecartClient
import Foundation
import TestSupport
import Testing

/// `decart.fetch` against real servers on this machine.
@Suite(.timeLimit(.minutes(5)))
struct FetchTests {
    @Test(arguments: [[], ["--local"]])
    func `requests are what the script asked for, and every end has its name`(options: [String]) async throws {
        let command = try Command()
        let script = Repository.root + "/Tests/CommandTests/Lua/fetch.lua"
        let (outcome, requests) = try await EchoServer.with { base, server in
            try await EchoServer.with { other, _ in
                let outcome = try await command.run(options + [script, base, other])
                return (outcome, server.requests)
            }
        }
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
        #expect(outcome.output == "done\n")
        #expect(!requests.isEmpty)
        for request in requests {
            #expect(!request.headers.values.contains { $0.contains(Command.key) })
            #expect(request.headers["x-api-key"] == nil)
        }
    }

    @Test(.enabled(if: ChildProgram.find("curl") != nil))
    func `what comes is what curl gets, from a server of files`() async throws {
        let command = try Command()
        try command.scratch.write("page.txt", "päge\n")
        try command.scratch.write(
            "fetch.lua",
            """
            local decart = require("decart")
            local reply = decart.fetch(arg[1], { path = "ours" })
            print(reply.status, reply.headers["content-type"], reply.headers["content-length"])
            """)
        let outcome = try await EchoServer.with { base, _ in
            let url = "\(base)/to/\("/page?q=1".addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
            let ours = try await command.run("fetch.lua", url)
            let curl = try await ChildProgram("curl", folder: command.scratch.path).run([
                "-sL", "-A", "decart-lua/\(ClientConfiguration.version) lang/lua runtime/swift", "-H",
                "accept-encoding: identity", "-H", "accept:", "-o", "theirs", "-w",
                "%{http_code}\t%{content_type}\t%{size_download}\n", url,
            ])
            #expect(curl.exitCode == 0, "\(curl.everything)")
            #expect(ours.output == curl.output, "\(ours.everything)")
            return ours
        }
        #expect(outcome.exitCode == 0)
        let ours = try JSONSerialization.jsonObject(with: #require(command.scratch.bytes("ours"))) as? NSDictionary
        let theirs = try JSONSerialization.jsonObject(with: #require(command.scratch.bytes("theirs"))) as? NSDictionary
        #expect(ours == theirs && ours != nil)
    }

    @Test func `requests go through the proxy of the environment`() async throws {
        let seen = try await EchoServer.with { proxy, server in
            var command = try Command()
            command.environment["http_proxy"] = proxy
            let outcome = try await command.run(
                "-e", #"print(decart.fetch("http://example.test/page"):json().path)"#)
            #expect(outcome.output == "http://example.test/page\n", "\(outcome.everything)")
            return server.requests
        }
        #expect(seen.count == 1)
    }

    @Test func `under virtual time it says that there is no network`() async throws {
        let outcome = try await Command().run(
            "--local", "--virtual-time", "-e", #"print(pcall(decart.fetch, "http://127.0.0.1:1/"))"#)
        #expect(outcome.output.contains("NETWORK_ERROR"))
        #expect(outcome.output.contains("no network under virtual time and in tests"))
    }

    @Test func `only what changes nothing at a server is sent a second time`() async throws {
        let outcome = try await EchoServer.with { base, server in
            let outcome = try await Command().run(
                "-e",
                """
                for _, method in ipairs({ "POST", "PUT", "PATCH", "DELETE", "GET", "HEAD" }) do
                  local ok, problem = pcall(decart.fetch, "\(base)/drop", { method = method })
                  print(method, ok, problem.code)
                end
                """)
            let seen = server.requests.map(\.method)
            #expect(seen == ["POST", "PUT", "PATCH", "DELETE", "GET", "GET", "HEAD", "HEAD"], "\(outcome.everything)")
            return outcome
        }
        let ends = outcome.output.split(separator: "\n").map { $0.split(separator: "\t").dropFirst() }
        #expect(ends == Array(repeating: ["false", "NETWORK_ERROR"], count: 6), "\(outcome.everything)")
    }

    @Test func `an interrupted fetch ends at once and leaves no file`() async throws {
        let command = try Command()
        try command.scratch.write(
            "fetch.lua",
            """
            local decart = require("decart")
            setTimeout(function()
              decart.fetch(arg[1] .. "/when/silent")
              decart.exec({ "kill", "-INT", arg[2] })
            end, 0)
            decart.fetch(arg[1] .. "/silent", { path = "file" })
            """)
        let outcome = try await EchoServer.with { base, _ in
            try await command.runThroughShell("exec \"$1\" fetch.lua \(base) $$")
        }
        #expect(outcome.exitCode == 130, "\(outcome.everything)")
        #expect(command.scratch.names == ["fetch.lua"])
    }
}

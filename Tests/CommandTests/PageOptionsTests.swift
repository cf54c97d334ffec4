import TestSupport
import Testing

/// `--web`, `--web-host` and `--page` where there can be no page: it is said before the script runs.
@Suite(.timeLimit(.minutes(5)))
struct PageOptionsTests {
    @Test(arguments: [
        (["--web=99999"], "'--web' takes a port from 0 to 65535, not '99999'", 2),
        (["--web="], "'--web=' lacks its PORT", 2),
        (["--web=http"], "'--web' takes a port from 0 to 65535, not 'http'", 2),
        (["--web-host", ""], "'--web-host' must be an address of this machine, not empty", 2),
        (["--page", "nope.html"], "--page: nope.html cannot be read", 1),
        (["--web-host", "203.0.113.9"], "--web-host: 203.0.113.9 is not an address of this machine", 1),
    ])
    func `a page that cannot be served is told, and nothing is run`(
        words: [String], complaint: String, status: Int32
    ) async throws {
        let command = try Command()
        let outcome = try await command.run(words + ["-e", "print('it ran')"])
        #expect(outcome.exitCode == status)
        #expect(outcome.errors.contains(complaint))
        #expect(!outcome.output.contains("it ran"))
    }

    @Test func `a port that is taken is told`() async throws {
        try await RudeServer.with { _, _ in
            .reply("200 OK", "{}")
        } _: { url in
            let port = url.split(separator: ":").last ?? ""
            let outcome = try await Command().run("--web=\(port)", "-e", "print('it ran')")
            #expect(outcome.exitCode == 1)
            #expect(outcome.errors.contains("port \(port) is in use"))
        }
    }

    @Test func `the word after --web is the script`() async throws {
        let command = try Command()
        try command.scratch.write("8080", "os.exit(7)")
        let outcome = try await command.run("--web", "8080")
        #expect(outcome.exitCode == 7)
        #expect(outcome.errors.contains("the page is at http://127.0.0.1:"))
    }
}

import Foundation
import TestSupport
import Testing

/// `decart-lua doctor` beside real servers, each with something wrong.
@Suite(.timeLimit(.minutes(5)))
struct DoctorTests {
    private struct Report: Decodable {
        struct Check: Decodable {
            var name: String
            var state: String
            var message: String
            var advice: String?
        }

        var ok: Bool
        var checks: [Check]

        func state(of name: String) -> String? { checks.first { $0.name == name }?.state }
        /// The checks that found something wrong.
        var wrong: [String] { checks.filter { $0.state == "wrong" }.map(\.name) }
    }

    /// - Parameter change: changes the environment of a machine on which nothing is wrong.
    private func examine(
        _ url: String, _ words: String..., change: (inout Command) throws -> Void = { _ in }
    ) async throws -> Report {
        var command = try Command()
        command.environment["HOME"] = command.scratch.path
        try change(&command)
        let outcome = try await command.run(["doctor", "--json", "--base-url", url] + words)
        #expect(!outcome.everything.contains(Command.key) && outcome.errors == "", "\(outcome.errors)")
        let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
        #expect(report.ok == report.wrong.isEmpty && outcome.exitCode == (report.ok ? 0 : 1))
        for check in report.checks where check.state == "wrong" { #expect(check.advice?.isEmpty == false) }
        return report
    }

    private static let notFound = #"{"detail":"Job not found"}"#

    private static func date(ahead seconds: Double) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return "Date: \(format.string(from: Date(timeIntervalSinceNow: seconds)))\r\n"
    }

    @Test func `nothing is wrong beside a queue that works`() async throws {
        try await RunningQueue.with { url in
            let report = try await examine(url)
            #expect(report.wrong == [], "\(report.checks)")
            #expect(report.state(of: "account") == "ok")
            #expect(
                report.checks.map(\.name) == [
                    "key", "address", "proxy", "server", "certificate", "account", "clock", "state", "journal",
                    "ffmpeg", "terminal", "modules",
                ])
        }
    }

    @Test func `people get a line for each check`() async throws {
        try await RunningQueue.with { url in
            var command = try Command()
            command.environment = ["HOME": command.scratch.path, "DECART_BASE_URL": url, "DECART_API_KEY": nil]
            let outcome = try await command.run("doctor")
            #expect(outcome.exitCode == 1)
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == 12)
            #expect(lines.first?.contains(/^wrong +key +DECART_API_KEY is not set; .*--local/) == true, "\(lines)")
            #expect(command.scratch.names == [], "nothing is made by looking")
        }
    }

    @Test func `a server that refuses connections`() async throws {
        let report = try await examine("http://127.0.0.1:1")
        #expect(report.wrong == ["server"])
        #expect(report.state(of: "account") == "unknown" && report.state(of: "clock") == "unknown")
    }

    @Test(arguments: ["401 Unauthorized", "403 Forbidden"])
    func `a server that refuses the key`(status: String) async throws {
        let rule: RudeServer.Rule = { _, _ in .reply(status, "no, \(Command.key)") }
        try await RudeServer.with(rule) { url in
            let report = try await examine(url)
            #expect(report.wrong == ["account"], "\(report.checks)")
        }
    }

    @Test(arguments: [(-3600.0, "ahead of"), (3600.0, "behind")])
    func `a clock that is an hour off`(seconds: Double, way: String) async throws {
        let rule: RudeServer.Rule = { _, _ in .reply("404 Not Found", Self.notFound, headers: Self.date(ahead: seconds))
        }
        try await RudeServer.with(rule) { url in
            let report = try await examine(url)
            #expect(report.wrong == ["clock"])
            #expect(report.checks.contains { $0.message.contains(way) })
        }
    }

    @Test(arguments: [("DNS:elsewhere.example", 1, true), ("IP:127.0.0.1", -1, true), ("IP:127.0.0.1", 1, false)])
    func `a certificate for another host, one that is over, one that nobody vouches for`(
        names: String, days: Int, isKnown: Bool
    ) async throws {
        let authority = try await TestAuthority()
        let identity = try await authority.identity(names, days: days)
        let rule: RudeServer.Rule = { _, _ in .reply("404 Not Found", Self.notFound) }
        try await RudeServer.with(rule, identity: identity) { url in
            let report = try await examine(url.replacing("http:", with: "https:")) { command in
                if isKnown { command.environment["SSL_CERT_FILE"] = authority.file }
            }
            #expect(report.wrong == ["certificate"], "\(report.checks)")
        }
    }

    @Test func `a certificate that is trusted`() async throws {
        let authority = try await TestAuthority()
        let identity = try await authority.identity("IP:127.0.0.1")
        let rule: RudeServer.Rule = { _, _ in .reply("404 Not Found", Self.notFound) }
        try await RudeServer.with(rule, identity: identity) { url in
            let report = try await examine(url.replacing("http:", with: "https:")) { command in
                command.environment["SSL_CERT_FILE"] = authority.file
            }
            #expect(report.wrong == [] && report.state(of: "certificate") == "ok", "\(report.checks)")
        }
    }

    @Test func `a proxy that cannot be used, and an address that is none`() async throws {
        let report = try await examine("localhost") { $0.environment["https_proxy"] = "socks5://user:secret@proxy:1" }
        #expect(report.wrong == ["address", "proxy"])
        #expect(!report.checks.contains { "\($0)".contains("secret") })
    }

    @Test func `certificates that are not there`() async throws {
        try await RunningQueue.with { url in
            let report = try await examine(url) { $0.environment["SSL_CERT_FILE"] = "/nowhere.pem" }
            #expect(report.wrong == ["certificate"], "\(report.checks)")
        }
    }

    @Test func `a server that is not well`() async throws {
        let rule: RudeServer.Rule = { _, _ in .reply("503 Service Unavailable", "") }
        try await RudeServer.with(rule) { url in
            let report = try await examine(url)
            #expect(report.wrong == ["server"], "\(report.checks)")
        }
    }

    @Test func `a journal that is damaged, one whose folder is missing, and a Lua path that leads nowhere`()
        async throws
    {
        try await RunningQueue.with { url in
            let damaged = try await examine(url) { command in
                try command.scratch.write("jobs.sqlite", String(repeating: "no database ", count: 1000))
                command.environment["DECART_JOURNAL"] = command.scratch.file("jobs.sqlite")
            }
            #expect(damaged.wrong == ["journal"], "\(damaged.checks)")
            let missing = try await examine(url, "--journal", "nowhere/jobs.sqlite") { command in
                command.environment["LUA_PATH"] = "/nowhere/?.lua"
            }
            #expect(missing.wrong == ["journal", "modules"], "\(missing.checks)")
        }
    }

    @Test func `a folder for state that is a file`() async throws {
        try await RunningQueue.with { url in
            let report = try await examine(url) { command in
                command.environment["XDG_STATE_HOME"] = try command.scratch.write("file", "")
            }
            #expect(report.wrong.first == "state", "\(report.checks)")
        }
    }
}

import DecartAPI
import DecartClient
import Foundation
import LocalQueue
import Testing

/// The README's Swift, compiled and run as it stands there.
struct ReadmeTests {
    private static let environment = ["DECART_API_KEY": Command.key]

    private func makeVideo(environment: [String: String], file: String) async throws -> JobOutcome {
        // README begin
        let configuration = try ClientConfiguration.resolve(ClientOptions(), environment: environment)
        let transport = HTTPTransport()
        let client = DecartClient(configuration: configuration, transport: transport)

        let model = try ModelCatalog.find(name: "lucy-pro-t2v", kind: .video)
        let submission = Submission(model: model, inputs: ["prompt": .bytes(Array("A sunset".utf8))])
        let outcome = try await client.queue.submitAndPoll(submission) { job in
            print("\(job.id): \(job.status)")
        }
        switch outcome {
        case .completed(_, let video): try await video.save(to: file)
        case .failed(let job, let reason): print("\(job.id) failed: \(reason)")
        }
        await transport.shutdown()
        // README end
        return outcome
    }

    @Test func `the Swift of the README makes a video`() async throws {
        try await RunningQueue.with { url in
            let scratch = try Scratch()
            let environment = Self.environment.merging(["DECART_BASE_URL": url]) { _, last in last }
            let outcome = try await makeVideo(environment: environment, file: scratch.path("sunset.mp4"))
            guard case .completed = outcome else { return #expect(Bool(false), "\(outcome)") }
            #expect(scratch.names == ["sunset.mp4"])
        }
    }

    @Test func `the README shows the Swift that is tested here`() throws {
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let begin = try #require(lines.firstIndex { $0.hasSuffix("// README begin") })
        let end = try #require(lines.firstIndex { $0.hasSuffix("// README end") })
        let snippet = lines[(begin + 1)..<end].map { String($0.dropFirst(8)) }.joined(separator: "\n")
        let readme = try String(contentsOfFile: Command.root + "/README.md", encoding: .utf8)
        #expect(readme.contains(snippet))
    }

    @Test func `the README's test is one, and its scenario is the example`() async throws {
        let readme = try String(contentsOfFile: Command.root + "/README.md", encoding: .utf8)
        let test = try #require(readme.components(separatedBy: "```lua\nlocal test = ").dropFirst().first)
        let command = try Command()
        let policy = try String(
            contentsOfFile: Command.root + "/scripts/examples/policies/seed_page_backoff.lua", encoding: .utf8)
        try command.scratch.write("seed_page_backoff.lua", policy)
        try command.scratch.write("readme_test.lua", "local test = " + test.components(separatedBy: "```")[0])
        let outcome = try await command.run("test")
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
        let trouble = try String(
            contentsOfFile: Command.root + "/scripts/examples/scenarios/trouble.lua", encoding: .utf8)
        let body = try #require(trouble.components(separatedBy: "return function").last)
        #expect(readme.contains("return function" + body))
    }

    @Test func `the README's first script is the example`() throws {
        let readme = try String(contentsOfFile: Command.root + "/README.md", encoding: .utf8)
        let script = try String(contentsOfFile: Command.root + "/scripts/examples/poll.lua", encoding: .utf8)
        #expect(readme.contains(script))
        for name in ExampleTests.names { #expect(readme.contains("`\(name)`")) }
    }

    @Test func `help names every option and subcommand, and so does the README`() async throws {
        let help = try await Command().run("--help").output
        let readme = try String(contentsOfFile: Command.root + "/README.md", encoding: .utf8)
        let ours = /^ +(?:-v, )?(--?[a-z][a-z-]*|-[EW])/.anchorsMatchLineEndings()
        let options = help.matches(of: ours).map { String($0.1) }
        #expect(options.count == 21)
        for option in options { #expect(readme.contains("`\(option)"), "\(option)") }
        for subcommand in ["serve", "test", "lab"] {
            #expect(help.contains("decart-lua \(subcommand) "))
            let own = try await Command().run(subcommand, "--help").output
            let names = own.matches(of: /^  (--[a-z-]+)/.anchorsMatchLineEndings()).map { String($0.1) }
            #expect(!names.isEmpty)
            for name in names { #expect(readme.contains("`\(name)"), "\(subcommand) \(name)") }
        }
    }
}

import DecartAPI
import DecartClient
import Foundation
import LocalQueue
import TestSupport
import Testing

/// What the README shows works, and so does the Swift on its page, which is compiled here as it stands there.
struct ReadmeTests {
    private static let environment = ["DECART_API_KEY": Command.key]

    private func makeVideo(environment: [String: String], file: String) async throws -> JobOutcome {
        // Page begin
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
        // Page end
        return outcome
    }

    @Test func `the Swift of the page makes a video`() async throws {
        try await RunningQueue.with { url in
            let scratch = try ScratchFolder()
            let environment = Self.environment.merging(["DECART_BASE_URL": url]) { _, last in last }
            let outcome = try await makeVideo(environment: environment, file: scratch.file("sunset.mp4"))
            guard case .completed = outcome else { return #expect(Bool(false), "\(outcome)") }
            #expect(scratch.names == ["sunset.mp4"])
        }
    }

    @Test func `the page shows the Swift that is tested here`() throws {
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let begin = try #require(lines.firstIndex { $0.hasSuffix("// Page begin") })
        let end = try #require(lines.firstIndex { $0.hasSuffix("// Page end") })
        let snippet = lines[(begin + 1)..<end].map { String($0.dropFirst(8)) + "\n" }.joined()
        #expect(try Documentation("scripts/docs/swift.md").blocks("swift") == [snippet])
    }

    @Test func `the README's first script is the example`() throws {
        let script = try String(contentsOfFile: Repository.root + "/scripts/examples/poll.lua", encoding: .utf8)
        #expect(try Documentation("README.md").blocks("lua").first == script)
    }

    @Test(arguments: ["README.md", "scripts/docs/fleet.md"])
    func `the jobs that a page shows in a file are added`(page: String) async throws {
        let table = try #require(try Documentation(page).blocks("csv").first)
        var command = try Command()
        command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
        try command.scratch.write("jobs.csv", table)
        for clip in table.matches(of: /clips\/\w+\.mp4/) { try command.scratch.write(String(clip.0), "a clip") }
        let outcome = try await command.run("jobs", "add", "--from", "jobs.csv")
        #expect(outcome.output == "2 jobs added\n", "\(outcome.everything)")
    }

    @Test func `every script in the README runs, under the README's policy`() async throws {
        let scripts = try Documentation("README.md").blocks("lua")
        let policy = try #require(scripts.first { $0.contains("return function(poll)") })
        let command = try Command()
        try command.scratch.write("policy.lua", policy)
        try command.scratch.write("clip.mp4", "the clip of a script's author")
        for script in scripts where script != policy {
            try command.scratch.write("script.lua", script)
            let outcome = try await command.run("--local", "--virtual-time", "--policy", "policy.lua", "script.lua")
            #expect(outcome.exitCode == 0, "\(script)\(outcome.everything)")
        }
        #expect(Set(["dawn.mp4", "rain.mp4", "stars.mp4"]).isSubset(of: command.scratch.names))
    }
}

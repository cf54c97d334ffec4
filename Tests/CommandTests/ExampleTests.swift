import Foundation
import LocalQueue
import TestSupport
import Testing

/// Every example, run as its page says, against a queue whose times are such that a script that polls every two
/// seconds, or after 1, 2.5 and 4.75 s, sees each status with time to spare.
@Suite(.timeLimit(.minutes(5)))
struct ExampleTests {
    private static let times = QueueSettings(pending: .milliseconds(1900), processing: .milliseconds(2050))

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: Repository.root + "/scripts/examples")) ?? []
        return files.filter { $0.hasSuffix(".lua") }.sorted()
    }()

    @Test func `there are examples to run`() {
        #expect(Self.names.count >= 8)
    }

    @Test(arguments: names)
    func `an example prints what it is known to print`(name: String) async throws {
        try await check(name, settings: Self.times)
    }

    @Test(arguments: ["manual_polling.lua", "status_display.lua", "telling_statuses_apart.lua", "poll.lua"])
    func `an example tells of a job that fails`(name: String) async throws {
        let settings = QueueSettings(pending: .zero, processing: .zero, failRate: 1)
        try await check(name, snapshot: "failed job", settings: settings)
    }

    @Test(arguments: ["multiple_jobs.lua", "telling_statuses_apart.lua", "error_handling.lua"])
    func `an example takes the ids it is given`(name: String) async throws {
        try await check(name, snapshot: "given ids", settings: .init(pending: .zero, processing: .zero), jobs: 2)
    }

    @Test func `error handling tells a network error`() async throws {
        let command = try Command()
        let outcome = try await command.run("--base-url", "http://127.0.0.1:1", example("error_handling.lua"))
        #expect(outcome.exitCode == 0)
        #expect(outcome.errors.hasPrefix("Network error: "))
    }

    private func example(_ name: String) -> String { Repository.root + "/scripts/examples/" + name }

    private func check(_ name: String, snapshot: String? = nil, settings: QueueSettings, jobs: Int = 0) async throws {
        let stem = name.replacing(".lua", with: "") + (snapshot.map { " " + $0 } ?? "")
        try await RunningQueue.with(settings) { url in
            let command = try Command()
            var ids: [String] = []
            for _ in 0..<jobs {
                let made = try await command.run("--base-url", url, "-e", Self.submit)
                ids.append(made.output.trimmingCharacters(in: .newlines))
            }
            let outcome = try await command.run(["--base-url", url, example(name)] + ids)
            #expect(!outcome.everything.contains(Command.key))
            let shown = Snapshot(
                stem, words: ["decart-lua", example(name)] + ids, outcome, files: command.scratch.names, queue: url)
            try shown.check()
        }
    }

    private static let submit = """
        local client = decart.createDecartClient()
        print(client.queue.submit({ model = "lucy-pro-t2v", prompt = "A job of before" }).job_id)
        """
}

import Foundation
import LocalQueue
import TestSupport
import Testing

/// What `document` shows on standard error, as the options say.
@Suite(.timeLimit(.minutes(5)))
struct DisplayTests {
    private static let script = """
        local decart = require("decart")
        local status, bar = document.getElementById("status"), document.getElementById("progress")
        status.textContent = "Waiting"
        decart.sleep(1)
        for value = 1, 1000 do bar.value = value / 10 end
        status.textContent = "Complete!"
        """

    private func run(_ words: String..., script: String = script) async throws -> Command.Outcome {
        let command = try Command()
        try command.scratch.write("script.lua", script)
        return try await command.run(words + ["script.lua"])
    }

    @Test(arguments: [[], ["--ui", "auto"], ["--ui=plain"]])
    func `without a terminal there is a line for each value that stood`(options: [String]) async throws {
        let command = try Command()
        try command.scratch.write("script.lua", Self.script)
        let outcome = try await command.run(options + ["script.lua"])
        #expect(outcome.errors == "status: Waiting\nprogress: 100 %\nstatus: Complete!\n")
        #expect(outcome.output == "")
    }

    @Test func `a heartbeat comes every 30 s of the script's time`() async throws {
        let script = """
            document.getElementById("status").textContent = "working"
            require("decart").sleep(95000)
            """
        let outcome = try await run("--local", "--virtual-time", script: script)
        #expect(outcome.exitCode == 0)
        #expect(
            outcome.errors
                == "status: working\nstill running after 30 s\nstill running after 1 min\n"
                + "still running after 1 min 30 s\n")
    }

    @Test func `nothing is shown where nothing is to be`() async throws {
        #expect(try await run("--ui", "none").everything == "")
    }

    @Test(arguments: [
        (#"error("no such luck")"#, 1, "script.lua:7: no such luck"), ("os.exit(3)", 3, ""),
        ("os.exit(4, true)", 4, ""), ("decart.spawn(error, {}) decart.sleep(1)", 1, "error object is a table"),
    ])
    func `the last state is shown however the run ends`(end: String, status: Int32, message: String) async throws {
        let outcome = try await run(script: Self.script + "\n" + end)
        #expect(outcome.exitCode == status)
        #expect(outcome.errors.hasPrefix("status: Waiting\nprogress: 100 %\nstatus: Complete!\n"), "\(outcome.errors)")
        #expect(message.isEmpty || outcome.errors.contains(message))
    }

    @Test func `a terminal is asked for only where there is one`() async throws {
        let outcome = try await run("--ui", "tty")
        #expect(outcome.exitCode == 2)
        #expect(outcome.errors.contains("'--ui tty' needs a terminal on standard error"))
        let wrong = try await run("--ui", "ttty")
        #expect(wrong.errors.contains("'--ui' must be one of auto, tty, plain, json, none, not 'ttty'"))
        let colour = try await run("--color=green")
        #expect(colour.errors.contains("'--color' must be one of auto, always, never, not 'green'"))
    }

    @Test func `with JSON every line of ours is an object with a type`() async throws {
        try await RunningQueue.with(QueueSettings(pending: .zero, processing: .zero)) { url in
            let command = try Command()
            try command.scratch.write(
                "script.lua",
                """
                local decart = require("decart")
                local client = decart.createDecartClient()
                document.title = "Clips"
                local status = document.getElementById("status")
                status.textContent = "Waiting\\n\\27[1m"
                warn("@on") warn("in ", "pieces") warn("quote \\"")
                local job = client.queue.submit({ model = "lucy-pro-t2v", prompt = "x" })
                decart.displayVideo(decart.blob("x", "video/mp4", "clip.mp4"))
                decart.spawn(function() error("in a task") end)
                decart.sleep(10)
                status.textContent = "Failed"
                client.queue.status("job_nope")
                """)
            let outcome = try await command.run("--ui", "json", "--base-url", url, "script.lua")
            #expect(outcome.exitCode == 1)
            let objects = try outcome.errors.split(separator: "\n").map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
            }
            let types = objects.map { $0["type"] as? String ?? "" }
            #expect(
                types == [
                    "warning", "warning", "warning", "title", "element", "saved", "error", "element", "error",
                    "unfinished",
                ], "\(outcome.errors)")
            for object in objects {
                let time = object["time"] as? String ?? ""
                #expect(time.wholeMatch(of: /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(object)")
            }
            #expect(objects[0]["message"] as? String == "in pieces")
            #expect(objects[4]["textContent"] as? String == "Waiting\n\u{1B}[1m")
            #expect(objects[5]["path"] as? String == "clip.mp4")
            #expect(objects[8]["code"] as? String == "NOT_FOUND")
            #expect(objects[8]["where"] as? String == "script.lua:12")
            #expect((objects[9]["jobs"] as? [String])?.count == 1)
            #expect(!outcome.errors.contains("\u{1B}"))
        }
    }

    @Test func `what is about a job says so in JSON, and the time is the run's`() async throws {
        let script = """
            local decart = require("decart")
            local client = decart.createDecartClient()
            local result = client.queue.submitAndPoll({ model = "lucy-pro-t2v", prompt = "x" })
            document.getElementById("clip").src = result.data
            decart.displayVideo(result.data)
            """
        let outcome = try await run("--local", "--virtual-time", "--ui", "json", script: script)
        #expect(outcome.exitCode == 0)
        let objects = try outcome.errors.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
        }
        #expect(objects.map { $0["type"] as? String } == ["element", "saved"], "\(outcome.errors)")
        let id = try #require(objects.first?["job_id"] as? String)
        #expect(objects.last?["job_id"] as? String == id)
        #expect(objects.last?["path"] as? String == "\(id).mp4")
        #expect(objects.allSatisfy { ($0["time"] as? String)?.hasPrefix("2026-01-01T00:00:") == true })
    }

    @Test(arguments: [["--ui=json", "--nope"], ["--ui", "json", "--ui", "tty"], ["--ui=json", "no-such.lua"]])
    func `a run that cannot begin says so in JSON too`(words: [String]) async throws {
        let outcome = try await Command().run(words)
        #expect(outcome.exitCode == (words.last == "no-such.lua" ? 1 : 2))
        let object = try JSONSerialization.jsonObject(with: Data(outcome.errors.utf8)) as? [String: Any]
        #expect(object?["type"] as? String == "error")
    }

    @Test func `the log is JSON too`() async throws {
        let script = "pcall(decart.createDecartClient().queue.status, 'job_none')"
        let outcome = try await Command().run("--ui=json", "--local", "--log-level", "debug", "-e", script)
        #expect(outcome.exitCode == 0)
        for line in outcome.errors.split(separator: "\n") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["type"] as? String == "log")
        }
        #expect(outcome.errors.contains("/v1/jobs/job_none 404"), "\(outcome.errors)")
        // That services come and go is nobody's affair.
        #expect(!outcome.errors.contains("service"), "\(outcome.errors)")
    }
}

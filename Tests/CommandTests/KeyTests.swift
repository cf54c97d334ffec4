import Foundation
import TestSupport
import Testing

/// The key turns up nowhere: at no log level, in no error, traceback or file.
@Suite(.timeLimit(.minutes(5)))
struct KeyTests {
    static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    /// Every way in which a call can go wrong, its error shown in full.
    private static let script = """
        local decart = require("decart")
        local good, echo, gone = arg[1], arg[2], "http://127.0.0.1:1"

        local function show(value, seen)
          seen = seen or {}
          if type(value) ~= "table" or seen[value] then return io.write(tostring(value), "\\n") end
          seen[value] = true
          io.write(tostring(value), "\\n")
          for key, member in next, value do
            io.write(tostring(key), " = ")
            show(member, seen)
          end
        end

        local function try(fn, ...)
          local results = table.pack(xpcall(fn, function(e)
            show(e)
            io.write(debug.traceback(tostring(e)), "\\n")
            return e
          end, ...))
          for i = 2, results.n do show(results[i]) end
        end

        local key = os.getenv("DECART_API_KEY")
        for _, url in ipairs({ good, echo, gone }) do
          local client = decart.createDecartClient({ baseUrl = url, apiKey = key, maxRetries = 0 })
          show(client)
          try(client.queue.submit, { model = "lucy-pro-t2v", prompt = "x" })
          try(client.queue.submit, { model = "lucy-pro-t2v" })
          try(client.queue.submitAndPoll, { model = "lucy-pro-t2v", prompt = "x", timeout = 50 })
          try(client.queue.status, "job_none")
          try(client.queue.result, "job_none", { path = "out.mp4" })
          try(client.queue.poll, "job_none", { timeout = 50 })
          try(client.process, { model = "lucy-image-2", prompt = "x", data = decart.blob("x", "image/png") })
          try(client.files.upload, decart.blob("x", "image/png"))
          try(client.files.get, "file_none")
          try(client.files.delete, "file_none")
          try(client.tokens.create, { expiresIn = 60 })
          try(client.models.resolve, "nobody")
        end
        try(decart.createDecartClient, { apiKey = key, proxy = good })
        try(decart.createDecartClient, { apiKey = key, baseUrl = "ftp://" })
        try(decart.createDecartClient, { apiKey = key .. "\\n" .. key })
        try(decart.createDecartClient, { apiKey = { key } })
        try(decart.createDecartClient, { apikey = key })
        error(decart.createDecartClient({ apiKey = key }))
        """

    @Test(arguments: levels)
    func `a script's key is in no log line, error or traceback`(level: String) async throws {
        let outcome = try await RunningQueue.with { good in
            // A server that says back whatever it is sent cannot make us print it.
            try await RudeServer.with { _, _ in
                .reply("500 Oops", #"{"detail":"\#(Command.key)","\#(Command.key)":["\#(Command.key)"]}"#)
            } _: { echo in
                let command = try Command()
                try command.scratch.write("script.lua", Self.script)
                let outcome = try await command.run("--log-level", level, "script.lua", good, echo)
                for name in command.scratch.names {
                    let text = command.scratch.bytes(name).map { String(decoding: $0, as: UTF8.self) } ?? ""
                    #expect(!text.contains(Command.key), "\(name)")
                }
                return outcome
            }
        }
        #expect(outcome.exitCode == 1)
        for code in ["QUEUE_STATUS_ERROR", "NETWORK_ERROR", "SUBMIT_UNKNOWN", "INVALID_API_KEY", "PROCESSING_ERROR"] {
            #expect(outcome.output.contains(code))
        }
        #expect(!outcome.everything.contains(Command.key))
    }

    @Test func `a script's key is in nothing that its page is served`() async throws {
        let outcome = try await RunningQueue.with { good in
            let command = try Command()
            try command.scratch.write(
                "show.lua",
                """
                local decart = require("decart")
                local client = decart.createDecartClient({ baseUrl = arg[1] })
                local status = document.getElementById("status")
                status.textContent = tostring(client) .. tostring(client.queue)
                document.title = select(2, pcall(client.queue.status, "job_none")).message
                decart.displayVideo(client.queue.submitAndPoll({ model = "lucy-pro-t2v", prompt = "x" }).data)
                decart.spawn(function() client.queue.status("job_none") end)
                status.onclick = function() end
                """)
            // What a page asks for, one after the other; the stream for as long as it has something to say.
            return try await command.runThroughShell(
                """
                heeding "$1" --log-level trace --web show.lua "\(good)" 2>log & run=$!
                until address=$(grep -o 'http://127[^ ]*/$' log); do sleep 0.05; done
                until grep -q NOT_FOUND log; do sleep 0.05; done
                curl -sSN -i --max-time 5 "$address"events?brief >stream
                for file in "" page.js elements.js notices.js "$(grep -o 'media/[a-z0-9]*' stream)"; do
                  curl -sS -i "$address$file"
                done >files
                kill -INT $run; wait $run
                cat stream files log | tr -d '\\000'
                """)
        }
        for part in ["event: state", "NOT_FOUND", "job_none", "video/mp4", "script-src", "stack traceback"] {
            #expect(outcome.output.contains(part), "\(part)")
        }
        #expect(!outcome.everything.contains(Command.key))
    }

    @Test(arguments: levels)
    func `a queue's key is in nothing that serve prints or keeps`(level: String) async throws {
        let command = try Command()
        try command.scratch.write(
            "ask.lua",
            """
            local decart = require("decart")
            local client = decart.createDecartClient({ baseUrl = arg[1] })
            client.queue.submit({ model = "lucy-pro-t2v", prompt = "x" })
            client.tokens.create()
            pcall(client.queue.status, "job_none")
            local stranger = decart.createDecartClient({ baseUrl = arg[1], apiKey = "dct_wrong" })
            print(pcall(stranger.queue.status, "job_none"))
            """)
        let script = """
            "$1" serve --log-level \(level) --api-key \(Command.key) --db jobs.sqlite >address 2>log &
            while [ ! -s address ]; do sleep 0.05; done
            "$1" ask.lua "$(cat address)"
            kill $!
            wait $!
            """
        let outcome = try await command.runThroughShell(script)
        #expect(outcome.everything.contains("401"), "\(outcome.everything)")
        #expect(!outcome.everything.contains(Command.key))
        #expect(command.scratch.names.contains("jobs.sqlite"))
        if level == "trace" { #expect(command.scratch.bytes("log")?.isEmpty == false) }
        for name in command.scratch.names {
            let bytes = command.scratch.bytes(name) ?? Data()
            #expect(bytes.firstRange(of: Data(Command.key.utf8)) == nil, "\(name)")
        }
    }
}

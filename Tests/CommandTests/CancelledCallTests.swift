import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct CancelledCallTests {
    /// Waves of calls that are cancelled while some are in line, some on their way and some waiting for a reply: by
    /// their task, and by a signal where the call takes one.
    private static let script = """
        local decart = require("decart")
        local client = decart.createDecartClient({ baseUrl = arg[1], maxRetries = 0 })
        local known, lost, slowest, rounds = 0, 0, 0, tonumber(arg[2])
        local video = decart.blob(("x"):rep(200000), "video/mp4")

        local function submit(signal)
          local ok, e = pcall(client.queue.submit, { model = "lucy-2.5", data = video, signal = signal })
          if ok or (e.data and e.data.job_id) then
            known = known + 1
          elseif e.code ~= "CANCELLED" then
            lost = lost + 1
          end
        end

        local calls = {
          submit,
          function(signal) client.files.upload("upload.bin", { signal = signal }) end,
          function() client.queue.status("job_1") end,
          function(signal) client.queue.result("job_1", { path = "result.mp4", signal = signal }) end,
          function() decart.sleep(3600000) end,
        }

        local function wave(number, pause)
          local controller, tasks = decart.abortController(), {}
          for i = 1, 250 do
            local signal = i % 2 == 0 and controller.signal or nil
            -- Each wave another kind comes first and gets the connections; the last ones never leave the line.
            tasks[i] = decart.spawn(function() pcall(calls[((i - 1) // 50 + number) % 5 + 1], signal) end)
            if i == 50 then decart.sleep(pause / 2) end
          end
          decart.sleep(pause / 2)
          local started = decart.now()
          controller:abort("enough")
          for _, task in ipairs(tasks) do task:cancel() end
          decart.allSettled(tasks)
          slowest = math.max(slowest, decart.now() - started)
        end

        local function files()
          return tonumber(decart.exec({ "sh", "-c", "ls /proc/$PPID/fd | wc -l" }).stdout)
        end

        -- The connections end a moment after their calls, all but the one that asks.
        local function settled()
          local count
          repeat
            decart.sleep(20)
            count = client.files.get("count")
          until count.open == 1
          return count
        end

        wave(1, 15)
        settled()
        local before = files()
        for number = 2, rounds do wave(number, number % 8 * 15) end
        -- On a busy machine nothing may have come so far as to be known: then it is given more time.
        local pause = 105
        while known <= 5 and pause < 20000 do
          pause = pause * 2
          wave(5, pause)
        end
        local count, after = settled(), files()
        -- A file or two come and go with the program itself.
        -- A call that is not cancelled ends too: after a minute without a byte.
        print(count.jobs == known and known > 5, lost, slowest < 30000, after - before < 10)
        io.stderr:write(("jobs %d known %d files %d %d slowest %d"):format(
          count.jobs, known, before, after, slowest // 1), "\\n")
        """

    @Test func `ten thousand cancelled calls leave no connection, no file and no unknown job`() async throws {
        let command = try Command()
        try command.scratch.write("script.lua", Self.script)
        try command.scratch.write("upload.bin", String(repeating: "x", count: 200_000))
        let outcome = try await StallingServer.with { url in
            var command = command
            command.environment["TMPDIR"] = command.scratch.path
            return try await command.run("script.lua", url, "40")
        }
        #expect(outcome.exitCode == 0)
        #expect(outcome.output == "true\t0\ttrue\ttrue\n", "\(outcome.errors.suffix(500))")
        #expect(command.scratch.names == ["script.lua", "upload.bin"])
    }
}

import TestSupport
import Testing

/// The prompt on a real terminal.
@Suite(.timeLimit(.minutes(5)))
struct PromptTests {
    private func onTerminal(_ scratch: ScratchFolder, _ body: (Tmux) async throws -> Void) async throws {
        let tmux = try await Tmux(
            "XDG_STATE_HOME=$PWD/state '\(try Repository.program())' -i --local", columns: 100, scratch: scratch)
        do {
            try await tmux.wait(for: "PUC-Rio\n>")
            try await body(tmux)
        } catch {
            await tmux.end()
            throw error
        }
        await tmux.end()
    }

    /// Enters a line, and waits for what it shows and for the prompt after that: a key that is typed before the prompt is
    /// back is the terminal's, and not the prompt's.
    private func enter(_ line: String, on tmux: Tmux, shows text: String = "", prompt: String = ">") async throws {
        // Literally: tmux takes some words for keys.
        try await tmux.type("-l", line)
        try await tmux.type("Enter")
        try await tmux.wait(for: "'\(text)' after '\(line)', and the prompt") { screen in
            screen.contains("\(line)\n\(text)") && screen.hasSuffix("\n\(prompt)")
        }
    }

    private func leave(_ tmux: Tmux) async throws {
        try await tmux.type("C-d")
        try await tmux.wait(for: "[exit 0]")
    }

    @Test func `what is entered is run and shown, waits and errors too`() async throws {
        try await onTerminal(Command().scratch) { tmux in
            try await enter("6 * 7", on: tmux, shows: "42")
            try await enter("print('slept', decart.sleep(10))", on: tmux, shows: "slept")
            try await enter("for i = 1, 2 do", on: tmux, prompt: ">>")
            try await enter("print('line ' .. i) end", on: tmux, shows: "line 1\nline 2")
            try await enter("error('no')", on: tmux, shows: "stdin:1: no")
            try await enter("client = decart.createDecartClient()", on: tmux)
            try await enter("client.queue.status('job_none')", on: tmux, shows: "NOT_FOUND")
            try await leave(tmux)
        }
    }

    @Test func `timers and tasks go on while it waits for a line`() async throws {
        let scratch = try Command().scratch
        try await onTerminal(scratch) { tmux in
            try await enter("n = 0; setInterval(function() n = n + 1 end, 5)", on: tmux)
            try await enter(
                "function f() repeat decart.sleep(1) until io.open('go') print('lat' .. 'er') end", on: tmux)
            try await enter("t = decart.spawn(f)", on: tmux)
            // Now the prompt waits, and is not shown again after what a task prints.
            try scratch.write("go", "")
            try await tmux.wait(for: "later")
            try await enter("print('ticks', n > 3)", on: tmux, shows: "ticks   true")
            try await leave(tmux)
        }
    }

    @Test func `names are completed, and lines come back, also in the next run`() async throws {
        let scratch = try Command().scratch
        try await onTerminal(scratch) { tmux in
            try await tmux.type("-l", "print(type(decart.abortC")
            try await tmux.type("Tab")
            try await tmux.wait(for: "decart.abortController")
            try await tmux.type("-l", "))")
            try await tmux.type("Enter")
            try await tmux.wait(for: "its type, and the prompt") { $0.hasSuffix("\nfunction\n>") }
            try await leave(tmux)
        }
        try await onTerminal(scratch) { tmux in
            try await tmux.type("Up")
            try await tmux.wait(for: "> print(type(decart.abortController))")
            try await tmux.type("C-d")
        }
    }

    @Test func `Ctrl-C stops what is evaluated, and at an idle prompt the program`() async throws {
        try await onTerminal(Command().scratch) { tmux in
            try await tmux.type("-l", "print('bu' .. 'sy') while true do end")
            try await tmux.type("Enter")
            try await tmux.wait(for: "\nbusy")
            try await tmux.type("C-c")
            try await tmux.wait(for: "the interruption, and the prompt") {
                $0.contains("interrupted") && $0.hasSuffix("\n>")
            }
            try await enter("print('still ' .. 'here')", on: tmux, shows: "still here")
            try await tmux.type("C-c")
            try await tmux.wait(for: "[exit 130]")
        }
    }

    @Test func `a table is shown with what is in it, and print's other values as ever`() async throws {
        try await onTerminal(Command().scratch) { tmux in
            try await enter("t = { 1, 'two', name = 'x' }", on: tmux)
            try await enter("t, 'text', nil", on: tmux, shows: #"{ 1, "two", name = "x" }        text    nil"#)
            try await enter("t.t = t return t", on: tmux, shows: #"{ 1, "two", name = "x", t = <itself> }"#)
            try await enter("print(tostring(t) == ('table: %p'):format(t))", on: tmux, shows: "true")
            try await enter("setmetatable({}, { __tostring = function() return 'mine' end })", on: tmux, shows: "mine")
            try await enter("t = {} for i = 1, 1e5 do t[i] = i end", on: tmux)
            // Its beginning has left the screen by then.
            try await tmux.type("-l", "t")
            try await tmux.type("Enter")
            try await tmux.wait(for: "  40,\n  … 99960 more,\n}\n>")
            try await enter("print = function(t) io.write(#t, ' raw\\n') end", on: tmux)
            try await enter("t", on: tmux, shows: "100000 raw")
            try await leave(tmux)
        }
    }

    @Test(arguments: [
        ("decart.models.video(\"lucy-rest", "decart.models.video(\"lucy-restyle-"),
        // A video's model begins so, too.
        ("decart.models.image('lucy-pro-i", "decart.models.image('lucy-pro-i2i"),
        ("x = { model = \"mir", "x = { model = \"mirage"),
    ])
    func `the names of models are completed inside strings`(typed: String, shown: String) async throws {
        try await onTerminal(Command().scratch) { tmux in
            try await tmux.type("-l", typed)
            try await tmux.type("Tab")
            try await tmux.wait(for: "> \(shown)")
            try await tmux.type("C-c")
            try await leave(tmux)
        }
    }

    @Test func `Ctrl-C clears what is half typed`() async throws {
        try await onTerminal(Command().scratch) { tmux in
            try await tmux.type("-l", "print('never")
            try await tmux.wait(for: "> print('never")
            try await tmux.type("C-c")
            try await tmux.wait(for: "a new prompt") { $0.hasSuffix("print('never\n>") }
            try await enter("for i = 1, 2 do", on: tmux, prompt: ">>")
            try await tmux.type("C-c")
            try await tmux.wait(for: "a new prompt") { $0.hasSuffix("\n>>\n>") }
            try await enter("'still ' .. 'here'", on: tmux, shows: "still here")
            try await tmux.type("C-c")
            try await tmux.wait(for: "[exit 130]")
        }
    }

    /// What stops an evaluation must not be a function of one that is over: its place in the registry is another's.
    @Test func `Ctrl-C after Ctrl-C stops each evaluation, whatever was collected in between`() async throws {
        try await onTerminal(Command().scratch) { tmux in
            try await enter("function busy() collectgarbage() print('go' .. 'es') while true do end end", on: tmux)
            for round in 1...6 {
                try await enter("for i = 1, 200 do setTimeout(function() end, 1) end decart.sleep(5)", on: tmux)
                try await tmux.type("-l", "busy() --\(round)")
                try await tmux.type("Enter")
                try await tmux.wait(for: "the loop") { $0.contains("busy() --\(round)\ngoes") }
                try await tmux.type("C-c")
                try await tmux.wait(for: "the prompt") { $0.hasSuffix("\n>") }
                let screen = try await tmux.screen
                #expect(screen.contains("interrupted") && !screen.contains("attempt to call"), "\(screen)")
                try await enter("'round \(round) is' .. ' over'", on: tmux, shows: "round \(round) is over")
            }
            try await leave(tmux)
        }
    }
}

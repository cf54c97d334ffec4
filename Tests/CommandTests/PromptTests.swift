import Testing

/// The prompt on a real terminal.
@Suite(.timeLimit(.minutes(2)))
struct PromptTests {
    private func onTerminal(_ scratch: Scratch, _ body: (Tmux) async throws -> Void) async throws {
        let tmux = try await Tmux("XDG_STATE_HOME=$PWD/state '\(try Command.path())' -i --local", scratch: scratch)
        do {
            try await tmux.wait(for: "PUC-Rio\n>")
            try await body(tmux)
        } catch {
            await tmux.end()
            throw error
        }
        await tmux.end()
    }

    private func enter(_ line: String, on tmux: Tmux) async throws {
        // Literally: tmux takes some words for keys.
        try await tmux.type("-l", line)
        try await tmux.type("Enter")
    }

    @Test func `what is entered is run and shown, waits and errors too`() async throws {
        try await onTerminal(Command().scratch) { tmux in
            try await enter("6 * 7", on: tmux)
            try await tmux.wait(for: "\n42\n>")
            try await enter("print('slept', decart.sleep(10))", on: tmux)
            try await tmux.wait(for: "\nslept\n>")
            try await enter("for i = 1, 2 do", on: tmux)
            try await tmux.wait(for: "\n>>")
            try await enter("print('line ' .. i) end", on: tmux)
            try await tmux.wait(for: "\nline 1\nline 2\n>")
            try await enter("error('no')", on: tmux)
            try await tmux.wait(for: "stdin:1: no")
            try await enter("client = decart.createDecartClient()", on: tmux)
            try await enter("client.queue.status('job_none')", on: tmux)
            try await tmux.wait(for: "NOT_FOUND")
            try await tmux.type("C-d")
            try await tmux.wait(for: "[exit 0]")
        }
    }

    @Test func `timers and tasks go on while it waits for a line`() async throws {
        try await onTerminal(Command().scratch) { tmux in
            try await enter("n = 0; setInterval(function() n = n + 1 end, 5)", on: tmux)
            try await enter("decart.spawn(function() decart.sleep(50) print('after ' .. 'a while') end)", on: tmux)
            try await tmux.wait(for: "after a while")
            try await enter("print('ticks', n > 3)", on: tmux)
            try await tmux.wait(for: "ticks\ttrue".replacing("\t", with: "   "))
            try await tmux.type("C-d")
            try await tmux.wait(for: "[exit 0]")
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
            try await tmux.wait(for: "\nfunction\n")
            try await tmux.type("C-d")
            try await tmux.wait(for: "[exit 0]")
        }
        try await onTerminal(scratch) { tmux in
            try await tmux.type("Up")
            try await tmux.wait(for: "> print(type(decart.abortController))")
            try await tmux.type("C-d")
        }
    }

    @Test func `Ctrl-C stops what is evaluated, and at an idle prompt the program`() async throws {
        try await onTerminal(Command().scratch) { tmux in
            try await enter("print('busy') while true do end", on: tmux)
            try await tmux.wait(for: "\nbusy")
            try await tmux.type("C-c")
            try await tmux.wait(for: "interrupted")
            try await enter("print('still ' .. 'here')", on: tmux)
            try await tmux.wait(for: "still here")
            try await tmux.type("C-c")
            try await tmux.wait(for: "[exit 130]")
        }
    }
}

import TestSupport
import Testing

@testable import decart_lua

/// `decart-lua completion`, in a real bash.
@Suite(.timeLimit(.minutes(5)))
struct CompletionTests {
    /// What bash offers for a line whose last word is being typed.
    private func offers(_ line: String) async throws -> [Substring] {
        let command = try Command()
        try command.scratch.write("poll.lua", "")
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map { "'\($0)'" }
        let outcome = try await command.runThroughShell(
            """
            "$1" completion bash > completion || exit 1
            bash -n completion || exit 1
            cat > offers.sh <<'END'
            source completion
            COMP_WORDS=(\(words.joined(separator: " "))) COMP_CWORD=\(words.count - 1)
            _decart_lua
            printf '%s\\n' "${COMPREPLY[@]}" | LC_ALL=C sort
            END
            bash offers.sh
            """)
        #expect(outcome.errors == "")
        return outcome.output.split(separator: "\n")
    }

    @Test(
        arguments: [
            ("decart-lua --vir", ["--virtual-time"]), ("decart-lua --local --we", ["--web", "--web-host"]),
            ("decart-lua --ui ", ["auto", "json", "none", "plain", "tty"]), ("decart-lua --ui p", ["plain"]),
            ("decart-lua po", ["poll.lua"]), ("decart-lua la", ["lab"]), ("decart-lua test --ju", ["--junit"]),
            ("decart-lua test po", ["poll.lua"]), ("decart-lua lab --du", ["--durations"]),
            ("decart-lua serve --pr", ["--processing"]), ("decart-lua -", nil),
        ] as [(String, [String]?)])
    func `bash offers what fits`(line: String, wanted: [String]?) async throws {
        let all = ["-E", "-W", "-e", "-i", "-l", "-v"] + ScriptOption.all.flatMap(\.row.names)
        #expect(try await offers(line) == (wanted ?? Set(all).sorted()).map { Substring($0) })
    }

    @Test func `a Tab completes on a real terminal`() async throws {
        let command = try Command()
        try command.scratch.write("rc", "PS1='ready> '\nsource completion\n")
        let tmux = try await Tmux(
            "'\(try Repository.program())' completion bash > completion; bash --noprofile --rcfile rc -i",
            scratch: command.scratch)
        do {
            try await tmux.wait(for: "ready>")
            try await tmux.type("-l", "decart-lua --vir")
            try await tmux.type("Tab")
            try await tmux.wait(for: "ready> decart-lua --virtual-time")
        } catch {
            await tmux.end()
            throw error
        }
        await tmux.end()
    }

    @Test func `every option is in every shell's script, with what it does in fish's`() {
        let (bash, zsh, fish) = (
            CompletionScript.text(for: .bash), CompletionScript.text(for: .zsh), CompletionScript.text(for: .fish)
        )
        for row in ScriptOption.all.map(\.row) + Subcommand.allCases.map(\.command).flatMap(\.options) {
            for name in row.names {
                #expect(bash.contains(name))
                #expect(zsh.contains(name))
                let option = name.hasPrefix("--") ? "-l \(name.dropFirst(2)) " : "-s \(name.dropFirst()) "
                #expect(fish.contains(option))
            }
        }
    }
}

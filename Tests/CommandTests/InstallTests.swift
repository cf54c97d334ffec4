import Foundation
import TestSupport
import Testing

/// What `scripts/install` and the package put where. The program is this one, not the one that ships.
@Suite(.timeLimit(.minutes(5)))
struct InstallTests {
    @Test func `an installed program runs, with its man page, completions, types and examples`() async throws {
        var command = try Command()
        command.environment["DECART_LUA_PROGRAM"] = try Repository.program()
        let prefix = command.scratch.file("a prefix")
        let install = try await command.runThroughShell("'\(Repository.root)/scripts/install' '\(prefix)'")
        #expect(install.exitCode == 0, "\(install.everything)")
        let share = "\(prefix)/share"
        let outcome = try await command.runThroughShell(
            """
            set -e
            '\(prefix)/bin/decart-lua' --local --virtual-time '\(share)/decart-lua/examples/poll.lua'
            zcat '\(share)/man/man1/decart-lua.1.gz' | head -1
            bash -n '\(share)/bash-completion/completions/decart-lua'
            head -1 '\(share)/zsh/site-functions/_decart-lua'
            ls '\(share)/decart-lua/types' '\(share)/decart-lua'
            """)
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
        for line in ["status: completed", ".TH DECART\\-LUA 1", "#compdef decart-lua", "decart.lua", "examples"] {
            #expect(outcome.output.contains(line), "\(outcome.output)")
        }
        // Again, over what is there.
        #expect(try await command.runThroughShell("'\(Repository.root)/scripts/install' '\(prefix)'").exitCode == 0)
    }

    @Test func `a folder that cannot be written to is named, and nothing is built`() async throws {
        let command = try Command()
        try command.scratch.write("file", "")
        let outcome = try await command.runThroughShell("'\(Repository.root)/scripts/install' file")
        #expect(outcome.exitCode == 1 && outcome.errors.contains("file/bin cannot be written to"), "\(outcome.errors)")
    }
}

import TestSupport
import Testing

@testable import decart_lua

/// `decart-lua help --man`, as man(1) and groff see it.
struct ManPageTests {
    @Test func `groff and man find nothing to complain about`() async throws {
        let command = try Command()
        let outcome = try await command.runThroughShell(
            """
            "$1" help --man > decart-lua.1 || exit 1
            groff -ww -man -K utf8 -T utf8 decart-lua.1 > page || exit 1
            LC_ALL=C.UTF-8 MANROFFSEQ= man --warnings -E UTF-8 -l -Tutf8 -Z decart-lua.1 > /dev/null || exit 1
            LC_ALL=C.UTF-8 col -b < page
            """)
        #expect(outcome.exitCode == 0 && outcome.errors == "", "\(outcome.errors)")
        for row in ScriptOption.lua + ScriptOption.all.map(\.row) {
            #expect(outcome.output.contains(row.spelling), "\(row.spelling)")
        }
        for command in Subcommand.allCases.compactMap(\.command) { #expect(outcome.output.contains(command.usage)) }
        for name in ["client.queue.submitAndPoll(", "DECART_API_KEY", "EXIT STATUS"] {
            #expect(outcome.output.contains(name))
        }
    }
}

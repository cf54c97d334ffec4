import Foundation
import TestSupport
import Testing

@testable import decart_lua

/// Help and the tables in the documentation are rendered from the options' rows.
@Suite(.timeLimit(.minutes(5)))
struct OptionReferenceTests {
    /// Where the options of a subcommand are described.
    private static func page(of subcommand: Subcommand) -> String {
        switch subcommand {
        case .test: "testing"
        case .lab: "lab"
        case .serve: "local-queue"
        case .jobs, .resume, .spend, .journal: "journal"
        case .work: "fleet"
        default: "command"
        }
    }

    @Test func `the page about the command has its options' table as it is rendered`() throws {
        let page = try Documentation("scripts/docs/command.md").text
        #expect(page.contains(ScriptOption.all.map(\.row).markdown + "\n"), "\(ScriptOption.all.map(\.row).markdown)")
    }

    @Test func `the page about the command has the tables of variables and exit statuses as they are rendered`() throws
    {
        let page = try Documentation("scripts/docs/command.md").text
        for table in [
            RunFact.environment.markdown("variable", "is", asCode: true),
            RunFact.exitStatus.markdown("status", "means", asCode: false),
        ] { #expect(page.contains(table + "\n"), "\(table)") }
    }

    /// One that takes nothing but `--help` needs no table.
    @Test(arguments: Subcommand.allCases.filter { $0.command.options.count > 1 })
    func `a subcommand's page has its options' table as it is rendered`(subcommand: Subcommand) throws {
        let page = try Documentation("scripts/docs/\(Self.page(of: subcommand)).md").text
        let table = subcommand.command.options.markdown
        #expect(page.contains(table + "\n"), "\(table)")
    }

    @Test func `help names every option with what it does, in lines that fit a terminal`() async throws {
        // Its first lines begin with the program's path, and its last one quotes it: that is as long as it is.
        let help = try await Command().run("--help").output.replacing(
            try Repository.program(), with: "decart-lua")
        for row in ScriptOption.lua + ScriptOption.all.map(\.row) {
            #expect(help.contains("  \(row.spelling) "), "\(row.spelling)")
            #expect(help.contains(row.explanation))
        }
        for command in Subcommand.allCases.map(\.command) { #expect(help.contains(command.usage)) }
        #expect(help.split(separator: "\n").allSatisfy { $0.count <= 120 })
    }

    @Test(arguments: Subcommand.allCases)
    func `a subcommand's rows are what its help names`(subcommand: Subcommand) async throws {
        let rows = subcommand.command.options
        let help = try await Command().run(subcommand.rawValue, "--help").output
        let named = help.matches(of: /^  (?:-h, )?(--[a-z-]+)/.anchorsMatchLineEndings()).map { String($0.1) }
        #expect(Set(rows.flatMap(\.names).filter { $0.hasPrefix("--") }) == Set(named))
        for row in rows { #expect(!row.help.isEmpty, "\(row.spelling)") }
    }

    @Test func `an option's spelling, explanation and table`() {
        let rows = [
            CommandOption(names: ["-v", "--version"], help: "show it"),
            CommandOption(
                names: ["--web"], value: "PORT", valueIsOptional: true, help: "serve", standard: "a free port"),
            CommandOption(names: ["--ui"], value: "MODE", help: "a|b"),
        ]
        #expect(rows.map(\.spelling) == ["-v, --version", "--web[=PORT]", "--ui MODE"])
        #expect(
            rows.helpLines == [
                "  -v, --version  show it", "  --web[=PORT]   serve (default: a free port)", "  --ui MODE      a|b",
            ])
        #expect(
            rows.markdown == """
                | option | does |
                |---|---|
                | `-v, --version` | show it |
                | `--web[=PORT]` | serve (default: a free port) |
                | `--ui MODE` | a\\|b |
                """)
    }
}

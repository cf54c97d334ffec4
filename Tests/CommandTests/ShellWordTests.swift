import PlainErrors
import TestSupport
import Testing

/// Words that are shown for somebody to type into a shell.
struct ShellWordTests {
    @Test(arguments: [
        "plain-1_./:", "", "a b", "it's", "'", "$HOME `x` \"q\" \\ !", "*", "~", "a\nb", "日本語", "#x", "-foo", "&;|<>()",
        "=ls",
        "--a=/b,c@d+e",
    ])
    func `a shell reads what was meant`(word: String) async throws {
        let outcome = try await ChildProgram("sh").run(["-c", "printf '<%s>' \(ShellWord.quoted(word))"])
        #expect(outcome.output == "<\(word)>", "\(outcome.everything)")
    }

    @Test func `what needs no quotes has none`() {
        #expect(ShellWord.quoted("runs/of-2026:1_a.lua") == "runs/of-2026:1_a.lua")
    }

    @Test(arguments: [
        ("videos", "videos"), ("-foo", "./-foo"), ("--x y", "'./--x y'"), ("/a/-b", "/a/-b"), ("", "''"),
    ])
    func `a path is no option`(path: String, shown: String) {
        #expect(ShellWord.path(path) == shown)
    }

    @Test func `init says how to get to a folder whose name is like an option's`() async throws {
        let command = try Command()
        let made = try await command.run("init", "--", "-foo")
        #expect(made.output.hasSuffix("Try it: cd ./-foo && decart-lua --local script.lua\n"), "\(made.everything)")
        let line = try #require(made.output.split(separator: "\n").last?.dropFirst("Try it: ".count))
        let outcome = try await command.runThroughShell(
            "decart_lua=$1\n" + line.replacing("decart-lua", with: "\"$decart_lua\""))
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
    }
}

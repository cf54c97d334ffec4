import Foundation
import Subprocess
import SystemPackage
import TestSupport

/// A real terminal: tmux without anybody looking at it. Where there is no tmux, what uses this fails.
struct Tmux {
    struct Missing: Error, CustomStringConvertible {
        var description: String { "tmux does not run here; scripts/setup --test installs it." }
    }

    struct NeverCame: Error, CustomStringConvertible {
        var wanted: String
        var screen: String
        var description: String { "the terminal never showed \(wanted); it shows:\n\(screen)" }
    }

    private let scratch: ScratchFolder

    /// Runs `line` in a shell on a terminal of that size, in the scratch folder, and after it prints "[exit N]".
    init(_ line: String, columns: Int = 70, rows: Int = 16, scratch: ScratchFolder) async throws {
        self.scratch = scratch
        try scratch.write("tmux.conf", "set -g default-shell /bin/sh\nset -g status off\n")
        // The shell outlives Ctrl-C, and what comes last keeps the screen there to be looked at.
        let command =
            "trap : INT; cd '\(scratch.path)' && LANG=C.UTF-8 DECART_API_KEY=\(Command.key) \(line); "
            + "echo \"[exit $?]\"; exec cat"
        try await run(
            "-f", scratch.file("tmux.conf"), "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", command)
    }

    /// What is on the screen.
    var screen: String {
        get async throws {
            let shown = try await run("capture-pane", "-p")
            return shown.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.replacing(/\s+$/, with: "") }.joined(separator: "\n")
                .trimmingCharacters(in: .newlines)
        }
    }

    /// Whether the cursor shows.
    var hasCursor: Bool {
        get async throws { try await run("display", "-p", "#{cursor_flag}").hasPrefix("1") }
    }

    func type(_ keys: String...) async throws {
        try await run(["send-keys"] + keys)
    }

    func resize(columns: Int, rows: Int) async throws {
        try await run("resize-window", "-x", "\(columns)", "-y", "\(rows)")
    }

    /// Looks again and again until the screen is as wanted; answers it.
    @discardableResult
    func wait(for wanted: String, seconds: Double = 240, _ condition: (String) -> Bool) async throws -> String {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while true {
            let screen = try await screen
            if condition(screen) { return screen }
            guard Date() < deadline else { throw NeverCame(wanted: wanted, screen: screen) }
        }
    }

    @discardableResult
    func wait(for text: String) async throws -> String {
        try await wait(for: "'\(text)'") { $0.contains(text) }
    }

    func end() async {
        _ = try? await run("kill-server")
    }

    @discardableResult
    private func run(_ words: String...) async throws -> String { try await run(words) }

    @discardableResult
    private func run(_ words: [String]) async throws -> String {
        guard
            let result = try? await Subprocess.run(
                // A socket's path may have 107 bytes, which the folder's alone may use up.
                .name("tmux"), arguments: Arguments(["-S", "tmux"] + words), workingDirectory: FilePath(scratch.path),
                output: .string(limit: 1 << 20), error: .string(limit: 1 << 16)),
            result.terminationStatus == .exited(0)
        else { throw Missing() }
        return result.standardOutput
    }
}

import DecartModule
import Glibc
import LuaVM
import RunClock
import SandboxKeeper
import SystemPackage
import TerminalUI

/// The program's own messages on standard error: lines of text, or with `--ui json` one JSON object a line.
///
/// It takes none of C's locks: a script that is blocked in `io.read` holds them, and what is printed at a second
/// Ctrl-C must not wait for it.
struct Console: Sendable {
    var isJSON = false
    /// Says nothing but errors.
    var isQuiet = false
    /// What it says may have words of a script's in it that is not trusted: a terminal gets text and colours of it, and
    /// nothing that would drive it.
    var isGuarded = false
    /// Gives the time in JSON. It is the run's clock, so that a run under virtual time prints the same every time.
    var clock: any RunClock = Self.realTime

    private static let realTime = SystemClock()

    /// Flushes what was printed to a pipe or file.
    static func flush() {
        _ = CStandardOutput.flush()
        fflush(nil)
    }

    /// An error that is not the script's.
    func error(_ message: String) {
        guard isJSON else { return line("\(DecartLua.name): \(message)") }
        var object = self.object("error")
        object.add("message", message)
        line(object.text)
    }

    func notice(_ notice: Notice) {
        if isQuiet { return }
        guard isJSON else {
            return line("\(DecartLua.name): \(notice.kind == .warning ? "warning: " : "")\(notice.message)")
        }
        var object = self.object(notice.kind.rawValue)
        object.add("message", notice.message)
        if let path = notice.path { object.add("path", path) }
        if let id = notice.jobID { object.add("job_id", id) }
        line(object.text)
    }

    /// One of Lua's own warnings.
    func luaWarning(_ message: String) {
        var object = self.object("warning")
        object.add("message", message)
        line(object.text)
    }

    /// The jobs that a run leaves behind.
    func unfinished(_ ids: [String], advice: String) {
        guard isJSON else {
            return line(
                "\(DecartLua.name): \(ids.count == 1 ? "1 job is" : "\(ids.count) jobs are") not finished or not "
                    + "fetched yet:\n" + ids.map { "  \($0)\n" }.joined() + advice)
        }
        var object = self.object("unfinished")
        object.add("jobs", ids)
        object.add("message", advice)
        line(object.text)
    }

    /// Begins a line of JSON.
    func object(_ type: String) -> JSONLine { JSONLine(type: type, unixTime: clock.unixTime) }

    /// A line, or several, as they are.
    func line(_ text: String) {
        guard isGuarded, isatty(STDERR_FILENO) == 1 else { return Self.write(text + "\n") }
        var filter = OutputFilter()
        Self.write(String(decoding: filter.filter(text.utf8), as: UTF8.self) + "\n")
    }

    /// Text that need not be a whole line.
    static func write(_ text: String) {
        // There is nobody to complain to about standard error.
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}

import DecartModule
import TerminalUI

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the program itself has to say, on standard error: lines of text, or with `--ui json` JSON, an object a line.
///
/// It takes none of C's locks: a script that is blocked in `io.read` holds them, and what is to be said at a second
/// Ctrl-C must not wait for it.
struct Console: Sendable {
    var isJSON = false

    /// Brings what was printed to a pipe or file at once.
    static func flush() {
        fflush(nil)
    }

    /// A complaint that is not an error of the script's.
    func error(_ message: String) {
        guard isJSON else { return line("\(DecartLua.name): \(message)") }
        var object = JSONLine(type: "error")
        object.add("message", message)
        line(object.text)
    }

    func notice(_ notice: Notice) {
        guard isJSON else {
            return line("\(DecartLua.name): \(notice.kind == .warning ? "warning: " : "")\(notice.message)")
        }
        var object = JSONLine(type: notice.kind.rawValue)
        object.add("message", notice.message)
        if let path = notice.path { object.add("path", path) }
        line(object.text)
    }

    /// One of Lua's own warnings.
    func luaWarning(_ message: String) {
        var object = JSONLine(type: "warning")
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
        var object = JSONLine(type: "unfinished")
        object.add("jobs", ids)
        object.add("message", advice)
        line(object.text)
    }

    /// A line, or several, as they are.
    func line(_ text: String) {
        Self.write(text + "\n")
    }

    /// Text that need not be a line.
    static func write(_ text: String) {
        var line = text
        line.withUTF8 { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.write(STDERR_FILENO, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
                if count < 0 && errno != EINTR { return }
                sent += max(0, count)
            }
        }
    }
}

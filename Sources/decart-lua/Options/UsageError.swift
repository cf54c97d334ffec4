import Glibc

/// A command line that cannot be used.
struct UsageError: Error {
    var message: String

    init(_ message: String) { self.message = message }

    /// A path that cannot be passed on.
    static func oddPath(_ option: String, _ path: String) -> UsageError {
        UsageError("'\(option)' takes a path in UTF-8 only, as SQLite does, not '\(path)'")
    }

    /// A word that becomes text somewhere.
    static func oddWord(_ option: String, _ word: String) -> UsageError {
        UsageError("'\(option)' takes UTF-8 only, not '\(word)'")
    }

    /// The exit status of every command line that cannot be used.
    static let status: Int32 = 2

    /// Says in three lines what is wrong, how to call the program, and where to find the options. Listing them all
    /// would push the complaint off the screen. Ends the process.
    /// - Parameters:
    ///   - command: the program, with the subcommand if there is one.
    ///   - synopsis: what may follow it.
    func leave(_ command: String, _ synopsis: String, isJSON: Bool = false) -> Never {
        let line = CommandWord.shown(message).split(whereSeparator: \.isNewline).joined(separator: " ")
        if isJSON {
            Console(isJSON: true).error(line)
        } else {
            Console().error("\(line)\nusage: \(command) \(synopsis)\n'\(command) --help' lists the options")
        }
        Console.flush()
        _exit(Self.status)
    }
}

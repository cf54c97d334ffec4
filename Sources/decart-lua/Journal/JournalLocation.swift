import Glibc
import JobJournal
import PlainErrors
import PostgresJournal

/// Which journal is meant: by an option, a variable, or neither.
enum JournalLocation: Hashable {
    /// A file that somebody named.
    case named(String)
    /// A database that several machines may share.
    case database(PostgresAddress)
    /// The program's own.
    case standard(String)
    /// One that ends with the process.
    case memory
    case off

    /// - Parameters:
    ///   - given: `--journal`.
    ///   - isForJobsElsewhere: whether jobs go to a server and cost: `--local` and virtual time need no more than a
    ///     journal in memory, whatever the variable says.
    static func find(
        given: String?, environment: RunEnvironment, isForJobsElsewhere: Bool = true
    ) throws(MessageError) -> JournalLocation {
        if let given { return try named(given, from: "--journal") }
        guard isForJobsElsewhere else { return .memory }
        if let variable = environment["DECART_JOURNAL"], !variable.isEmpty {
            return try named(variable, from: "DECART_JOURNAL")
        }
        return StateFolder.path(environment).map { .standard("\($0)/jobs.sqlite") } ?? .off
    }

    private static func named(_ text: String, from source: String) throws(MessageError) -> JournalLocation {
        if text == "off" { return .off }
        guard !text.isEmpty, !text.utf8.contains(0) else { throw MessageError("\(source) names no file") }
        if PostgresAddress.isMeant(by: text) {
            guard let address = PostgresAddress(text) else {
                throw MessageError(
                    "\(source): \(PostgresAddress.shown(text)) is no address of a database; write "
                        + "postgres://USER@HOST/DATABASE")
            }
            return .database(address)
        }
        return .named(text)
    }

    var kind: Journal.Kind {
        switch self {
        case .named(let path): .named(path)
        case .database(let address): .named("\(address)")
        case .standard(let path): .standard(path)
        case .memory: .memory
        case .off: .off
        }
    }

    /// As it is shown: a password is not.
    var name: String {
        switch self {
        case .named(let path), .standard(let path): path
        case .database(let address): "\(address)"
        case .memory, .off: ""
        }
    }

    /// Whether there may be jobs in it: a file that nobody has written yet has none.
    var exists: Bool {
        switch self {
        case .named(let path), .standard(let path): access(path, F_OK) == 0
        case .database: true
        case .memory, .off: false
        }
    }
}

/// Folders of the user's, by the XDG specification: what is no whole path is as good as not set.
enum StateFolder {
    /// Where the program keeps what outlives a run; nil where there is no home.
    static func path(_ environment: RunEnvironment) -> String? {
        folder("XDG_STATE_HOME", ".local/state", environment)
    }

    /// Where the user keeps settings.
    static func configuration(_ environment: RunEnvironment) -> String? {
        folder("XDG_CONFIG_HOME", ".config", environment)
    }

    private static func folder(_ variable: String, _ usual: String, _ environment: RunEnvironment) -> String? {
        let base = environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (base ?? environment["HOME"].map { "\($0)/\(usual)" }).map { "\($0)/decart-lua" }
    }
}

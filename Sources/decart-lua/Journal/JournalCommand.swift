import ArgumentParser
import JobJournal
import PlainErrors
import PostgresJournal

/// `decart-lua journal`: looks after the journal itself.
struct JournalCommand: JournalUser {
    enum Action: String, CaseIterable, ExpressibleByArgument {
        case check, migrate
    }

    static let configuration = CommandConfiguration(
        commandName: "decart-lua journal",
        abstract: "Check the journal, or make one in a database.",
        discussion: """
            check looks for damage and for rows that contradict each other; it exits with 1 if there are any. migrate \
            makes a journal in a database of PostgreSQL's, or brings it to this version's format, once for all machines \
            that share it; one in SQLite needs no command for that.
            """)

    @Argument(help: "check or migrate.")
    var action: Action
    @Option(help: ArgumentHelp("The journal; DECART_JOURNAL, or the program's own, unless given.", valueName: "file"))
    var journal: String?

    func perform() async throws -> Int32 {
        let access = try JournalAccess(given: journal, program: "journal")
        guard access.location.exists else {
            print("There is no journal at \(access.path) yet.")
            return 0
        }
        switch action {
        case .check:
            let problems = try await access.journal.check()
            let count = try await access.journal.list(.init()).count
            for problem in problems { print("\(problem).") }
            print(
                "\(access.path): \(count) \(count == 1 ? "job" : "jobs"), "
                    + (problems.isEmpty ? "nothing wrong" : "\(problems.count) found"))
            return problems.isEmpty ? 0 : 1
        case .migrate:
            if case .database(let address) = access.location {
                do throws(JournalError) {
                    let migration = try PostgresJournal.migrate(address, clock: access.clock)
                    print(migration == .made ? "Made a journal in \(address)." : "\(address) is up to date.")
                    return 0
                } catch {
                    throw MessageError("the journal \(address) \(error.reason)")
                }
            }
            print("\(access.path) needs none: a journal in SQLite is brought up to date when it is opened.")
            return 0
        }
    }
}

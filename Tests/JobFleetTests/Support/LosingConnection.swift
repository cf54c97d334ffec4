import JobJournal
import SQLJournal
import Synchronization

@testable import SQLiteJournal

/// What goes wrong with the next commit.
final class CommitLosses: Sendable {
    enum Loss: Sendable {
        /// It is carried out, and the answer lost on the way: the program sees the connection break off.
        case answer
        /// It never arrives.
        case commit
        /// It is carried out, and the program is told that it was not.
        case told
    }

    private let kept = Mutex<Loss?>(nil)

    var next: Loss? {
        get { kept.withLock { $0 } }
        set { kept.withLock { $0 = newValue } }
    }

    func take() -> Loss? {
        kept.withLock { next in
            defer { next = nil }
            return next
        }
    }
}

/// A journal's file that is as far away as a database may be.
final class LosingConnection: SQLConnection {
    private let connection: SQLiteConnection
    private let losses: CommitLosses

    private init(_ connection: SQLiteConnection, _ losses: CommitLosses) {
        self.connection = connection
        self.losses = losses
    }

    static func open(_ path: String, _ losses: CommitLosses) throws(JournalError) -> LosingConnection {
        do throws(SQLError) {
            return LosingConnection(try SQLiteConnection(path: path), losses)
        } catch {
            throw JournalError(error)
        }
    }

    var dialect: SQLDialect { connection.dialect }

    func run(_ sql: String, _ arguments: [SQLValue]) throws(SQLError) -> [[SQLValue]] {
        try connection.run(sql, arguments)
    }

    func damages() throws(SQLError) -> [String] { try connection.damages() }
    func begin(durable: Bool) throws(SQLError) { try connection.begin(durable: durable) }
    func rollback() { connection.rollback() }

    func commit() throws(SQLError) {
        switch losses.take() {
        case nil: try connection.commit()
        case .answer?:
            try connection.commit()
            throw SQLError(.lost, "the connection broke off")
        case .commit?:
            connection.rollback()
            throw SQLError(.lost, "the connection broke off")
        case .told?:
            try connection.commit()
            throw SQLError(.other, "something else")
        }
    }
}

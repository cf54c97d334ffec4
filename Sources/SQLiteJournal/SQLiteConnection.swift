import GRDB
import JobJournal
import SQLJournal

/// One connection to a journal in SQLite.
final class SQLiteConnection: SQLConnection {
    /// Another process's transaction takes milliseconds; one that is stopped in the middle of it takes for ever.
    private static let busyTimeout = 30.0

    let dialect = SQLDialect.exclusive
    let refusal: JournalError?
    private let database: DatabaseQueue
    private var isInTransaction = false
    private var isRelaxed = false

    /// - Parameters:
    ///   - path: a file that is there already; nil: in memory.
    ///   - refusal: why nothing can be written there; it is only read then.
    ///   - isImmutable: whether nobody changes the file meanwhile, and all that is known is in it.
    init(path: String?, refusal: JournalError? = nil, isImmutable: Bool = false) throws(SQLError) {
        self.refusal = refusal
        let isReadOnly = refusal != nil
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(Self.busyTimeout)
        // Each transaction is begun, and ended, by hand: see `begin`.
        configuration.allowsUnsafeTransactions = true
        let isInMemory = path == nil
        configuration.prepareDatabase { db in
            guard !isInMemory, !isReadOnly else { return }
            // Not by GRDB's own WAL mode: that sets synchronous=NORMAL afterwards, and takes 20 ms to do it.
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        database = try Self.translated {
            if let path {
                try DatabaseQueue(path: Self.name(of: path, isImmutable: isImmutable), configuration: configuration)
            } else {
                try DatabaseQueue(configuration: configuration)
            }
        }
    }

    /// A path as SQLite takes it, which may read a name that begins with "file:" as a URI.
    private static func name(of path: String, isImmutable: Bool) -> String {
        guard isImmutable else { return path.hasPrefix("file:") ? "./\(path)" : path }
        let escaped = path.utf8.map { byte in
            let isPlain = byte > 0x20 && byte < 0x7F && !"%?#".utf8.contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + String(0x100 + Int(byte), radix: 16).dropFirst()
        }
        return "file:\(escaped.joined())?immutable=1"
    }

    @discardableResult
    func run(_ sql: String, _ arguments: [SQLValue]) throws(SQLError) -> [[SQLValue]] {
        var rows: [[SQLValue]] = []
        try each(sql, arguments) { rows.append($0) }
        return rows
    }

    func each(_ sql: String, _ arguments: [SQLValue], _ row: ([SQLValue]) -> Void) throws(SQLError) {
        try Self.translated {
            try database.unsafeReentrantWrite { db in
                try db.cachedStatement(sql: sql).run(arguments, on: db.sqliteConnection, row)
            }
        }
    }

    func exclusively(_ body: () throws(SQLError) -> Void) throws(SQLError) {
        try Self.translated { try database.unsafeReentrantWrite { _ in try body() } }
    }

    func damages() throws(SQLError) -> [String] {
        try run("PRAGMA integrity_check", []).compactMap { $0.first?.text }.filter { $0 != "ok" }
    }

    func begin(durable: Bool) throws(SQLError) {
        if isRelaxed == durable {
            // A relaxed commit is not brought to the disk, and outlives the process all the same.
            try run("PRAGMA synchronous = \(durable ? "FULL" : "NORMAL")", [])
            isRelaxed = !durable
        }
        try run("BEGIN IMMEDIATE", [])
        isInTransaction = true
    }

    func commit() throws(SQLError) {
        try run("COMMIT", [])
        isInTransaction = false
    }

    func rollback() {
        guard isInTransaction else { return }
        isInTransaction = false
        // SQLite has rolled back by itself after some errors, and says so.
        _ = try? run("ROLLBACK", [])
    }

    /// GRDB's own text quotes a statement's values, which are the user's: only SQLite's message is passed on.
    private static func translated<Value>(_ body: () throws -> Value) throws(SQLError) -> Value {
        do {
            return try body()
        } catch let error as SQLError {
            throw error
        } catch let error as DatabaseError {
            throw SQLError(
                .init(sqlite: error.extendedResultCode.rawValue), error.message ?? error.resultCode.description)
        } catch {
            throw SQLError(.other, "\(type(of: error))")
        }
    }
}

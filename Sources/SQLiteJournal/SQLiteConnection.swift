import GRDBSQLite
import JobJournal
import SQLJournal

/// One connection to a journal in SQLite, by SQLite's own interface: a job takes some statements, and each through a
/// library on top of it costs more than SQLite itself.
///
/// SQLite keeps no lock of its own around it: it is used by one thread at a time, as `SQLConnection` has it.
final class SQLiteConnection: SQLConnection {
    /// Another process's transaction takes milliseconds; one that is stopped in the middle of it takes for ever.
    private static let busyTimeout: Int32 = 30_000
    /// How many statements are kept. The journal has some dozens, and some whose lists are of any length.
    private static let statementLimit = 128

    let dialect = SQLDialect.exclusive
    let refusal: JournalError?
    private let connection: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    private var isInTransaction = false
    private var isRelaxed = false

    /// - Parameters:
    ///   - path: a file that is there already; nil: in memory.
    ///   - refusal: why nothing can be written there; it is only read then.
    ///   - isImmutable: whether nobody changes the file meanwhile, and all that is known is in it.
    init(path: String?, refusal: JournalError? = nil, isImmutable: Bool = false) throws(SQLError) {
        self.refusal = refusal
        let isReadOnly = refusal != nil
        let name = path.map { Self.name(of: $0, isImmutable: isImmutable) } ?? ":memory:"
        let rights = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(
            name, &opened, rights | SQLITE_OPEN_NOMUTEX | (isImmutable ? SQLITE_OPEN_URI : 0), nil)
        guard code == SQLITE_OK, let opened else {
            // There is one also where it could not be opened, and it has the reason.
            defer { sqlite3_close_v2(opened) }
            throw SQLError(sqlite: code, on: opened)
        }
        connection = opened
        sqlite3_extended_result_codes(connection, 1)
        sqlite3_busy_timeout(connection, Self.busyTimeout)
        try run("PRAGMA foreign_keys = ON", [])
        guard path != nil, !isReadOnly else { return }
        try run("PRAGMA journal_mode = WAL", [])
        try run("PRAGMA synchronous = FULL", [])
    }

    deinit {
        statements = [:]
        sqlite3_close_v2(connection)
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
        try statement(sql).run(arguments, row)
    }

    private func statement(_ sql: String) throws(SQLError) -> SQLiteStatement {
        if let known = statements[sql] { return known }
        if statements.count >= Self.statementLimit { statements = [:] }
        let new = try SQLiteStatement(sql, on: connection)
        statements[sql] = new
        return new
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
}

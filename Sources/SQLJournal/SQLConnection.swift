public import JobJournal

/// An open connection to a database. Used by one thread at a time; its calls block.
public protocol SQLConnection: AnyObject {
    var dialect: SQLDialect { get }
    /// Why nothing can be written, where that was seen when it was opened; reading goes on.
    var refusal: JournalError? { get }

    /// Runs one statement whose parameters are `$1`, `$2`, … in the order in which they first stand there.
    ///
    /// - Returns: its rows, each the values of its columns.
    @discardableResult
    func run(_ sql: String, _ arguments: [SQLValue]) throws(SQLError) -> [[SQLValue]]

    /// The same for many rows: hands each over as it comes, instead of keeping all of them.
    func each(_ sql: String, _ arguments: [SQLValue], _ row: ([SQLValue]) -> Void) throws(SQLError)

    /// Runs `body`, which uses the connection for several statements: what each would cost to begin is paid once.
    func exclusively(_ body: () throws(SQLError) -> Void) throws(SQLError)

    /// What the engine itself finds wrong with its files, one sentence each.
    func damages() throws(SQLError) -> [String]

    /// Holds a lock of that name until the transaction ends, whoever else wants it; nothing where a transaction that
    /// writes has the database to itself.
    func lock(_ name: String) throws(SQLError)

    /// Begins a transaction that may write: from here on no other one does.
    ///
    /// - Parameter durable: whether `commit` returns only once a power cut could not undo it.
    func begin(durable: Bool) throws(SQLError)
    func commit() throws(SQLError)
    /// Ends the transaction, if there still is one, as if it had never begun.
    func rollback()
}

extension SQLConnection {
    public var refusal: JournalError? { nil }

    @discardableResult
    public func run(_ sql: String) throws(SQLError) -> [[SQLValue]] { try run(sql, []) }

    public func lock(_ name: String) throws(SQLError) {}

    public func each(_ sql: String, _ arguments: [SQLValue], _ row: ([SQLValue]) -> Void) throws(SQLError) {
        try run(sql, arguments).forEach(row)
    }

    public func exclusively(_ body: () throws(SQLError) -> Void) throws(SQLError) { try body() }
}

/// A refused statement.
public struct SQLError: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case busy, diskFull, readOnly, damaged, other
        /// Another transaction came in between: nothing has happened, and the same may succeed now.
        case conflict
        /// The connection broke off: nothing has happened, unless it was just being committed.
        case lost
        /// There is no connection to be had.
        case unreachable
        case badAddress
        /// The library that speaks with the database is not on this machine.
        case missingLibrary
        /// The database has no journal yet, or an older one.
        case notMigrated
    }

    public var kind: Kind
    /// The database's own words, without a statement's values.
    public var message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}

/// In what the engines' SQL differs: the statements themselves are the same.
public struct SQLDialect: Hashable, Sendable {
    /// Stands before each table's name.
    public var schemaPrefix: String
    /// Ends a `select` whose rows nobody else may change meanwhile; empty where a transaction that writes has the
    /// database to itself.
    public var forUpdate: String
    /// … one that leaves out what somebody else is just changing.
    public var forUpdateSkipLocked: String
    /// The journal's clock, in milliseconds since 1970; nil where it is the process's own.
    public var now: String?

    public init(schemaPrefix: String, forUpdate: String, forUpdateSkipLocked: String, now: String?) {
        self.schemaPrefix = schemaPrefix
        self.forUpdate = forUpdate
        self.forUpdateSkipLocked = forUpdateSkipLocked
        self.now = now
    }

    /// One in which a transaction that writes has the database to itself.
    public static let exclusive = SQLDialect(schemaPrefix: "", forUpdate: "", forUpdateSkipLocked: "", now: nil)

    /// `sql` with this engine's table names in place of `{job}`, `{session}`, …
    public func spelled(_ sql: String) -> String {
        // Each statement of each job passes here: whole stretches are copied, not single bytes.
        var spelled: [UInt8] = []
        spelled.reserveCapacity(sql.utf8.count + 64)
        var rest = sql.utf8[...]
        while let brace = rest.firstIndex(of: UInt8(ascii: "{")) {
            let end = rest[brace...].firstIndex(of: UInt8(ascii: "}")) ?? rest.endIndex
            spelled += rest[..<brace]
            spelled += schemaPrefix.utf8
            spelled += rest[rest.index(after: brace)..<end]
            rest = end == rest.endIndex ? rest[end...] : rest[rest.index(after: end)...]
        }
        spelled += rest
        return String(decoding: spelled, as: UTF8.self)
    }
}

import CPostgres
import RunClock
import SQLJournal

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One connection to a journal in PostgreSQL. The thread that has it waits in `poll` while the server works.
///
/// Every statement names its tables whole and is prepared for once: nothing is kept in the server's session between
/// transactions, so that each of them may meet another session behind pgbouncer.
final class PostgresConnection: SQLConnection {
    private static let connectLimit: Duration = .seconds(15)
    /// Waits for other transactions take milliseconds; a server that does not answer at all is as good as gone.
    private static let statementLimit: Duration = .seconds(30)
    /// For a process that was stopped, or whose machine went to sleep, in the middle of a transaction: others wait for
    /// what it has locked.
    private static let idleLimit = "20s"

    let dialect = SQLDialect(
        schemaPrefix: "decart_lua.", forUpdate: " for update", forUpdateSkipLocked: " for update skip locked",
        now: "(extract(epoch from clock_timestamp()) * 1000)::bigint")
    private let library: PostgresLibrary
    private let clock: any RunClock
    private let pipe: WakePipe
    private let password: String?
    private let connection: OpaquePointer
    private var isInTransaction = false

    /// Connects.
    init(_ address: PostgresAddress, clock: any RunClock) throws(SQLError) {
        library = try PostgresLibrary.loaded()
        let (text, password) = try address.parsed(by: library)
        self.password = password
        self.clock = clock
        pipe = try WakePipe(clock: clock)
        guard let connection = postgres_connect(library.functions, text, "decart-lua") else {
            throw SQLError(.other, "there is no memory left")
        }
        self.connection = connection
        // From here on `deinit` closes it.
        try connect()
    }

    deinit { library.pq.finish(connection) }

    private func connect() throws(SQLError) {
        let deadline = clock.now + Self.connectLimit
        var state = POSTGRES_POLLING_WRITING
        while library.pq.status(connection) != numericCast(POSTGRES_CONNECTION_BAD) {
            let socket = library.pq.socket(connection)
            guard socket >= 0 else { break }
            let isReady = pipe.wait(
                for: socket, reading: state == POSTGRES_POLLING_READING, writing: state == POSTGRES_POLLING_WRITING,
                until: deadline)
            guard isReady else { throw SQLError(.unreachable, "it does not answer") }
            state = numericCast(library.pq.connect_poll(connection))
            if state == POSTGRES_POLLING_OK {
                _ = library.pq.set_nonblocking(connection, 1)
                return
            }
            if state == POSTGRES_POLLING_FAILED { break }
        }
        throw SQLError(.unreachable, said())
    }

    @discardableResult
    func run(_ sql: String, _ arguments: [SQLValue]) throws(SQLError) -> [[SQLValue]] {
        try send(sql, arguments)
        var rows: [[SQLValue]] = []
        var problem: SQLError?
        while let result = try nextResult() {
            defer { library.pq.clear(result) }
            switch library.pq.result_status(result) {
            case numericCast(POSTGRES_COMMAND_OK): break
            case numericCast(POSTGRES_TUPLES_OK): rows = self.rows(of: result)
            default: problem = problem ?? error(of: result)
            }
        }
        if let problem { throw problem }
        return rows
    }

    func damages() throws(SQLError) -> [String] { [] }

    func lock(_ name: String) throws(SQLError) {
        try run("select pg_advisory_xact_lock(hashtextextended($1, 0))", [.text("decart_lua \(name)")])
    }

    func begin(durable: Bool) throws(SQLError) {
        // What one waits for under a lock has to be seen once the lock is had: the next statement sees it.
        try run("begin isolation level read committed", [])
        isInTransaction = true
        // For this transaction alone: behind pgbouncer the session is another's afterwards.
        let settings =
            [("idle_in_transaction_session_timeout", Self.idleLimit)] + (durable ? [] : [("synchronous_commit", "off")])
        try run("select \(settings.map { "set_config('\($0.0)', '\($0.1)', true)" }.joined(separator: ", "))", [])
    }

    func commit() throws(SQLError) {
        isInTransaction = false
        try run("commit", [])
    }

    func rollback() {
        guard isInTransaction else { return }
        isInTransaction = false
        // One that is gone has rolled back by itself.
        _ = try? run("rollback", [])
    }

    // MARK: Statements

    private func send(_ sql: String, _ arguments: [SQLValue]) throws(SQLError) {
        let texts = arguments.map(\.postgresText)
        // One block for all of them, each ended by a zero, since they have to stay where they are during the call.
        var block: [CChar] = []
        var starts: [Int?] = []
        for text in texts {
            guard let text else {
                starts.append(nil)
                continue
            }
            starts.append(block.count)
            block += text.utf8.map(CChar.init(bitPattern:)) + [0]
        }
        let isSent = block.withUnsafeBufferPointer { block in
            let values = starts.map { start in start.flatMap { block.baseAddress?.advanced(by: $0) } }
            return library.pq.send_query_params(connection, sql, numericCast(values.count), nil, values, nil, nil, 0)
        }
        guard isSent == 1 else { throw SQLError(.lost, said()) }
        let deadline = clock.now + Self.statementLimit
        while case let left = library.pq.flush(connection), left != 0 {
            guard left == 1 else { throw SQLError(.lost, said()) }
            try wait(writing: true, until: deadline)
            guard library.pq.consume_input(connection) == 1 else { throw SQLError(.lost, said()) }
        }
    }

    private func nextResult() throws(SQLError) -> OpaquePointer? {
        let deadline = clock.now + Self.statementLimit
        while library.pq.is_busy(connection) == 1 {
            try wait(writing: false, until: deadline)
            guard library.pq.consume_input(connection) == 1 else { throw SQLError(.lost, said()) }
        }
        return library.pq.get_result(connection)
    }

    private func wait(writing: Bool, until deadline: RunInstant) throws(SQLError) {
        let socket = library.pq.socket(connection)
        guard socket >= 0, pipe.wait(for: socket, reading: true, writing: writing, until: deadline) else {
            throw SQLError(.lost, "it does not answer")
        }
    }

    private func rows(of result: OpaquePointer) -> [[SQLValue]] {
        let columns = library.pq.column_count(result)
        let types = (0..<columns).map { library.pq.column_type(result, $0) }
        return (0..<library.pq.row_count(result)).map { row in
            (0..<columns).map { column in
                guard library.pq.is_null(result, row, column) == 0, let value = library.pq.value(result, row, column)
                else { return .null }
                let count = Int(library.pq.length(result, row, column))
                let text = UnsafeRawBufferPointer(start: value, count: count)
                return SQLValue(postgres: String(decoding: text, as: UTF8.self), type: types[Int(column)])
            }
        }
    }

    // MARK: Errors

    private func error(of result: OpaquePointer) -> SQLError {
        func field(_ name: Int) -> String? {
            library.pq.result_error_field(result, numericCast(name)).map { String(cString: $0) }
        }
        let state = field(POSTGRES_FIELD_SQLSTATE) ?? "08006"
        let message = field(POSTGRES_FIELD_MESSAGE) ?? said()
        return SQLError(PostgresState.kind(of: state), scrubbed(message))
    }

    /// What libpq says is wrong with the connection.
    private func said() -> String {
        let message = library.pq.error_message(connection).map { String(cString: $0) } ?? ""
        // Each host that was tried has a line, and its hints have lines that are moved in.
        let lines = message.split(separator: "\n").filter { !$0.hasPrefix("\t") }
        return scrubbed(lines.isEmpty ? "the connection broke off" : lines.joined(separator: "; "))
    }

    private func scrubbed(_ message: String) -> String {
        guard let password, !password.isEmpty else { return message }
        return message.replacing(password, with: "***")
    }
}

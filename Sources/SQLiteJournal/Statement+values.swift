import GRDB
import GRDBSQLite
import SQLJournal

extension Statement {
    /// Runs it to its end, and hands each row over as it comes.
    ///
    /// GRDB has prepared it, and keeps it. Its values are SQLite's own affair: GRDB would look up how to bind and read each
    /// of them, which takes longer than to do it.
    func run(
        _ arguments: [SQLValue], on connection: OpaquePointer?, _ row: ([SQLValue]) -> Void
    ) throws(SQLError) {
        let statement = sqliteStatement
        guard sqlite3_bind_parameter_count(statement) == arguments.count else {
            throw SQLError(.other, "a statement was given \(arguments.count) values, and takes another number")
        }
        for (index, value) in arguments.enumerated() { try check(bind(value, at: Int32(index + 1)), connection) }
        // Also where it fails: what it has locked is let go of, and it can be run again. Its values may be large.
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        while true {
            let code = sqlite3_step(statement)
            switch code {
            case SQLITE_ROW: row((0..<sqlite3_data_count(statement)).map(column))
            case SQLITE_DONE: return
            default: throw SQLError(sqlite: code, on: connection)
            }
        }
    }

    private func check(_ code: Int32, _ connection: OpaquePointer?) throws(SQLError) {
        guard code == SQLITE_OK else { throw SQLError(sqlite: code, on: connection) }
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        let statement = sqliteStatement
        switch value {
        case .null: return sqlite3_bind_null(statement, index)
        case .integer(let integer): return sqlite3_bind_int64(statement, index, integer)
        case .real(let real): return sqlite3_bind_double(statement, index, real)
        case .text(var text):
            return text.withUTF8 { bytes in
                // -1 is C's name for memory that is copied before the call returns.
                let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
                return bytes.withMemoryRebound(to: CChar.self) { characters in
                    // To SQLite no text at all is null.
                    let start = characters.baseAddress ?? UnsafePointer(bitPattern: 1)
                    return sqlite3_bind_text(statement, index, start, Int32(clamping: bytes.count), copied)
                }
            }
        }
    }

    private func column(_ column: Int32) -> SQLValue {
        let statement = sqliteStatement
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        case SQLITE_NULL: return .null
        default:
            guard let start = sqlite3_column_blob(statement, column) else { return .text("") }
            let bytes = UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
            return .text(String(decoding: bytes, as: UTF8.self))
        }
    }
}

extension SQLError {
    /// What SQLite says of a call that has just failed.
    fileprivate init(sqlite code: Int32, on connection: OpaquePointer?) {
        // Its words on the connection, which say more than those for the code. They quote no values.
        let words = connection.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        self.init(Kind(sqlite: code), words.map { String(cString: $0) } ?? "error \(code)")
    }
}

extension SQLError.Kind {
    /// - Parameter code: one of SQLite's extended result codes.
    init(sqlite code: Int32) {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
        case SQLITE_FULL: self = .diskFull
        // Even to read it takes some room, unless another process has it open.
        case SQLITE_IOERR where code == Self.noRoomForSharedMemory: self = .diskFull
        case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM: self = .readOnly
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .damaged
        // A job was to be given to a process that another one has taken for dead.
        case SQLITE_CONSTRAINT where code == Self.foreignKey: self = .conflict
        default: self = .other
        }
    }

    private static let noRoomForSharedMemory = ResultCode.SQLITE_IOERR_SHMSIZE.rawValue
    private static let foreignKey = ResultCode.SQLITE_CONSTRAINT_FOREIGNKEY.rawValue
}

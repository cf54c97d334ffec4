import GRDBSQLite
import SQLJournal

/// A statement that SQLite has compiled. It belongs to its connection, which has to outlive it.
final class SQLiteStatement {
    private let connection: OpaquePointer
    private let statement: OpaquePointer

    init(_ sql: String, on connection: OpaquePointer) throws(SQLError) {
        var made: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
        guard code == SQLITE_OK, let made else { throw SQLError(sqlite: code, on: connection) }
        self.connection = connection
        statement = made
    }

    deinit { sqlite3_finalize(statement) }

    /// Runs it to its end, and hands each row over as it comes.
    func run(_ arguments: [SQLValue], _ row: ([SQLValue]) -> Void) throws(SQLError) {
        guard sqlite3_bind_parameter_count(statement) == arguments.count else {
            throw SQLError(.other, "a statement was given \(arguments.count) values, and takes another number")
        }
        for (index, value) in arguments.enumerated() { try check(bind(value, at: Int32(index + 1))) }
        // Also where it fails: what it has locked is let go of, and it can be run again. Its values may be large.
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        while true {
            let code = sqlite3_step(statement)
            switch code {
            case SQLITE_ROW: row((0..<sqlite3_data_count(statement)).map(value))
            case SQLITE_DONE: return
            default: throw SQLError(sqlite: code, on: connection)
            }
        }
    }

    private func check(_ code: Int32) throws(SQLError) {
        guard code == SQLITE_OK else { throw SQLError(sqlite: code, on: connection) }
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
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

    private func value(_ column: Int32) -> SQLValue {
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
    init(sqlite code: Int32, on connection: OpaquePointer?) {
        let kind: Kind =
            switch code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_FULL: .diskFull
            // Even to read it takes some room, unless another process has it open.
            case SQLITE_IOERR where code == Self.noRoomForSharedMemory: .diskFull
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM: .readOnly
            case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged
            // A job was to be given to a process that another one has taken for dead.
            case SQLITE_CONSTRAINT where code == Self.foreignKey: .conflict
            default: .other
            }
        // Its words on the connection, which say more than those for the code. They quote no values.
        let words = connection.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        self.init(kind, words.map { String(cString: $0) } ?? "error \(code)")
    }

    /// `SQLITE_IOERR_SHMSIZE` and `SQLITE_CONSTRAINT_FOREIGNKEY`, which are macros that Swift does not see.
    private static let noRoomForSharedMemory = SQLITE_IOERR | 19 << 8
    private static let foreignKey = SQLITE_CONSTRAINT | 3 << 8
}

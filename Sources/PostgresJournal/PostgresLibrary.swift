import CPostgres
import SQLJournal

/// libpq on this machine.
///
/// @unchecked: the table is filled once, before anybody has it, and never changed.
struct PostgresLibrary: @unchecked Sendable {
    let functions: UnsafePointer<postgres_library>

    /// - Throws: where it is missing.
    static func loaded() throws(SQLError) -> PostgresLibrary {
        guard let functions = postgres_functions() else {
            throw SQLError(
                .missingLibrary,
                "this machine has no libpq, PostgreSQL's client library: install it (Debian's package is libpq5)")
        }
        return PostgresLibrary(functions: functions)
    }

    var pq: postgres_library { functions.pointee }
}

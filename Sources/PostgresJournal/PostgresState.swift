import SQLJournal

/// PostgreSQL's error codes (its manual's appendix A), as far as it matters what one does about them.
enum PostgresState {
    static func kind(of state: String) -> SQLError.Kind {
        switch state {
        // Serialisation, deadlock, a lock that is not to be had; a key or an owner that another transaction changed.
        case "40001", "40P01", "55P03", "23505", "23503": .conflict
        // Shut down, crashed, not up yet, no connection left; one that stood still in a transaction for too long.
        case "57P01", "57P02", "57P03", "57P05", "53300", "25P03": .lost
        case "53100": .diskFull
        case "25006", "42501": .readOnly
        case "42P01", "3F000", "42703": .notMigrated
        case "XX001", "XX002": .damaged
        default: state.hasPrefix("08") ? .lost : .other
        }
    }
}

import SQLJournal

extension SQLValue {
    /// As a parameter; nil for null. PostgreSQL's text has no NUL: it is written as the sign for what cannot be shown.
    var postgresText: String? {
        switch self {
        case .null: nil
        case .integer(let integer): String(integer)
        case .real(let real): String(real)
        case .text(let text): text.utf8.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
        }
    }

    /// - Parameter type: the object id of its type; see pg_type.dat among PostgreSQL's sources.
    init(postgres text: String, type: UInt32) {
        switch type {
        // int8, int2, int4, and numeric, which sums of integers are.
        case 20, 21, 23, 1700:
            if let integer = Int64(text) {
                self = .integer(integer)
            } else {
                self = Double(text).map { .real($0) } ?? .null
            }
        // float4, float8
        case 700, 701: self = Double(text).map { .real($0) } ?? .null
        default: self = .text(text)
        }
    }
}

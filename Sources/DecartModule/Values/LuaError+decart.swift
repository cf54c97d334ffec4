package import DecartAPI
package import LuaVM
internal import RunClock

extension LuaError {
    /// The error object that scripts see.
    ///
    /// - Parameter path: of a `FILE_ERROR`.
    package init(_ error: DecartError, path: BytePath? = nil) {
        var fields: [(String, LuaValue)] = [
            ("code", .text(error.code.rawValue)), ("message", .text(error.message)),
            ("retryable", .boolean(error.retryable)),
        ]
        if let status = error.status { fields.append(("status", .integer(Int64(status)))) }
        if !error.data.isEmpty { fields.append(("data", LuaValue(.object(error.data)))) }
        if let after = error.retryAfter { fields.append(("retryAfter", .number(after.inMilliseconds))) }
        if let path { fields.append(("path", .string(path.bytes))) }
        if let cause = error.cause { fields.append(("cause", .text(cause))) }
        self = .value(.table(LuaTable(fields: fields, metatable: "error")), message: error.description)
    }
}

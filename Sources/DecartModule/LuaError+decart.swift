internal import DecartAPI
internal import LuaVM
internal import RunClock

extension LuaError {
    /// The error object that scripts see.
    init(_ error: DecartError) {
        var fields: [(String, LuaValue)] = [
            ("code", .text(error.code.rawValue)), ("message", .text(error.message)),
            ("retryable", .boolean(error.retryable)),
        ]
        if let status = error.status { fields.append(("status", .integer(Int64(status)))) }
        if !error.data.isEmpty { fields.append(("data", LuaValue(.object(error.data)))) }
        if let after = error.retryAfter { fields.append(("retryAfter", .number(after.inMilliseconds))) }
        if let cause = error.cause { fields.append(("cause", .text(cause))) }
        self = .value(.table(LuaTable(fields: fields, metatable: "error")), message: error.description)
    }
}

extension LuaValue {
    /// JSON as Lua has it: integers stay integers, null is nil and so leaves its key out.
    init(_ json: JSONValue) {
        switch json {
        case .null: self = .nil
        case .bool(let bool): self = .boolean(bool)
        case .integer(let integer): self = .integer(integer)
        case .number(let number): self = .number(number)
        case .string(let text): self = .text(text)
        case .array(let values): self = .table(LuaTable(sequence: values.map(LuaValue.init)))
        case .object(let members):
            let fields = members.filter { $0.value != .null }.sorted { $0.key < $1.key }
            self = .table(LuaTable(fields: fields.map { ($0.key, LuaValue($0.value)) }))
        }
    }
}

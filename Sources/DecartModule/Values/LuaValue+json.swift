package import DecartAPI
package import LuaVM

extension LuaValue {
    /// JSON as Lua has it: integers stay integers, null is nil and so leaves its key out.
    package init(_ json: JSONValue) {
        switch json {
        case .null: self = .nil
        case .bool(let bool): self = .boolean(bool)
        case .integer(let integer): self = .integer(integer)
        case .number(let number): self = .number(number)
        case .string(let text): self = .text(text)
        case .array(let values): self = .table(LuaTable(sequence: values.map(LuaValue.init)))
        case .object(let members):
            let fields = members.sorted { $0.key < $1.key }.compactMap { key, value in
                value == .null ? nil : (key, LuaValue(value))
            }
            self = .table(LuaTable(fields: fields))
        }
    }
}

extension JSONValue {
    /// A script's value as JSON: a sequence is an array, names make an object, and an empty table is an array.
    ///
    /// - Throws: `INVALID_INPUT` whose message goes behind the value's name.
    init(_ value: LuaValue) throws(DecartError) {
        switch value {
        case .nil: self = .null
        case .boolean(let boolean): self = .bool(boolean)
        case .integer(let integer): self = .integer(integer)
        case .number(let number): self = .number(number)
        case .string(let bytes): self = .string(String(decoding: bytes, as: UTF8.self))
        case .object: throw DecartError(.invalidInput, "must not hold objects")
        case .opaque(let type):
            throw DecartError(
                .invalidInput,
                type == .table ? "must not be nested so deep, or hold itself" : "must not hold a \(type.rawValue)")
        case .table(let table): self = try JSONValue(table)
        }
    }

    private init(_ table: LuaTable) throws(DecartError) {
        if table.entries.isEmpty {
            var values: [JSONValue] = []
            for value in table.sequence { values.append(try JSONValue(value)) }
            self = .array(values)
            return
        }
        guard table.sequence.isEmpty else { throw Self.mixed }
        var members: [String: JSONValue] = [:]
        for entry in table.entries {
            guard case .string = entry.key, let name = entry.key.text else { throw Self.mixed }
            members[name] = try JSONValue(entry.value)
        }
        self = .object(members)
    }

    private static let mixed = DecartError(.invalidInput, "must be a list without holes, or have names only")
}

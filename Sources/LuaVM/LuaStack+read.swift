internal import CLuaShim

extension LuaStack {
    /// How deep tables in tables are followed; what lies deeper is `.opaque`. A table that holds itself ends there too.
    static let deepestTable = 64

    /// A copy of the value at `index`.
    func value(at index: Int, kinds: LuaObjectKinds, depth: Int = 0) -> LuaValue {
        switch type(at: index) {
        case .none, .nil: return .nil
        case .boolean: return .boolean(lua_toboolean(state, Int32(index)) != 0)
        case .number:
            if lua_isinteger(state, Int32(index)) != 0 { return .integer(lua_tointegerx(state, Int32(index), nil)) }
            return .number(lua_tonumberx(state, Int32(index), nil))
        case .string: return .string(bytes(at: index))
        case .table:
            guard depth < Self.deepestTable, makeRoom(8) else { return .opaque(.table) }
            return .table(table(at: Int(lua_absindex(state, Int32(index))), kinds: kinds, depth: depth))
        case .userdata:
            return kinds.object(at: index, on: self).map { .object($0) } ?? .opaque(.userdata)
        case let other: return .opaque(other)
        }
    }

    /// The bytes of the string at `index`, which must be one.
    func bytes(at index: Int) -> [UInt8] {
        var length = 0
        guard let start = lua_tolstring(state, Int32(index), &length) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: length))
    }

    /// The text of the string at `index`, which must be one; broken UTF-8 is replaced.
    func text(at index: Int) -> String {
        var length = 0
        guard let start = lua_tolstring(state, Int32(index), &length) else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
    }

    private func table(at index: Int, kinds: LuaObjectKinds, depth: Int) -> LuaTable {
        var table = LuaTable()
        var next: Int64 = 1
        while lua_rawgeti(state, Int32(index), next) != SHIM_TNIL {
            table.sequence.append(value(at: -1, kinds: kinds, depth: depth + 1))
            pop()
            next += 1
        }
        pop()
        lua_pushnil(state)
        while shim_next(state, Int32(index)) != 0 {
            if !isSequenceKey(at: -2, below: next) {
                let key = value(at: -2, kinds: kinds, depth: depth + 1)
                table.entries.append(.init(key: key, value: value(at: -1, kinds: kinds, depth: depth + 1)))
            }
            pop()
        }
        return table
    }

    private func isSequenceKey(at index: Int, below end: Int64) -> Bool {
        guard lua_isinteger(state, Int32(index)) != 0 else { return false }
        let key = lua_tointegerx(state, Int32(index), nil)
        return key >= 1 && key < end
    }

    /// How `tostring` shows the value at `index`.
    func description(at index: Int) -> String {
        balanced {
            shim_push_description(state, Int32(index))
            return text(at: -1)
        }
    }
}

internal import CLuaShim

extension LuaStack {
    /// Pushes one value, always exactly one: `nil` in place of what is nested deeper than the stack has room for. The
    /// caller has made room for that one.
    func push(_ value: LuaValue, kinds: LuaObjectKinds) {
        guard makeRoom(6) else { return lua_pushnil(state) }
        switch value {
        case .nil, .opaque: lua_pushnil(state)
        case .boolean(let boolean): lua_pushboolean(state, boolean ? 1 : 0)
        case .integer(let integer): lua_pushinteger(state, integer)
        case .number(let number): lua_pushnumber(state, number)
        case .string(let bytes): push(bytes)
        case .table(let table): push(table, kinds: kinds)
        case .object(let object): push(object, kinds: kinds)
        }
    }

    func push(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            _ = lua_pushlstring(state, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
        }
    }

    func push(_ text: String) {
        var text = text
        text.withUTF8 { buffer in
            buffer.withMemoryRebound(to: CChar.self) { _ = lua_pushlstring(state, $0.baseAddress, $0.count) }
        }
    }

    private func push(_ table: LuaTable, kinds: LuaObjectKinds) {
        lua_createtable(state, Int32(clamping: table.sequence.count), Int32(clamping: table.entries.count))
        for (index, value) in table.sequence.enumerated() {
            push(value, kinds: kinds)
            lua_rawseti(state, -2, Int64(index + 1))
        }
        for entry in table.entries where entry.key.isKey {
            push(entry.key, kinds: kinds)
            push(entry.value, kinds: kinds)
            lua_rawset(state, -3)
        }
        if let name = table.metatable, kinds.pushMetatable(name, on: self) {
            lua_setmetatable(state, -2)
        }
    }

    /// Pushes a new userdata for the object, with room for one value that lives as long as it does; of a kind that has
    /// only one object, that one.
    func push(_ object: LuaObject, kinds: LuaObjectKinds) {
        if kinds.pushOnly(object.kind, on: self) { return }
        shim_push_object(state, Int64(object.id))
        if kinds.pushMetatable(object.kind, on: self) { lua_setmetatable(state, -2) }
        guard let pushed = kinds.pushed, pushed(object, self) else { return }
        lua_setiuservalue(state, -2, 1)
    }
}

extension LuaValue {
    /// Whether Lua takes it as a table's key. Raw access raises for nil and NaN, and what cannot be copied goes in as
    /// nil.
    fileprivate var isKey: Bool {
        switch self {
        case .nil, .opaque: false
        case .number(let number): !number.isNaN
        default: true
        }
    }
}

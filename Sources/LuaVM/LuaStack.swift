internal import CLuaShim

/// A coroutine's stack: the values of the function that runs on it now. Raw pointers and `lua_` names end here.
///
/// Nothing in here raises: only functions of Lua's API that cannot, and the shim's protected ones, can be seen.
struct LuaStack {
    let state: OpaquePointer

    var count: Int { Int(lua_gettop(state)) }

    func pop(_ count: Int = 1) {
        lua_settop(state, Int32(-count - 1))
    }

    /// Room for `count` more values; false when the stack cannot grow that far.
    func makeRoom(_ count: Int) -> Bool {
        lua_checkstack(state, Int32(clamping: count)) != 0
    }

    func type(at index: Int) -> LuaTypeName {
        switch Int(lua_type(state, Int32(index))) {
        case Int(SHIM_TNONE): .none
        case Int(SHIM_TNIL): .nil
        case Int(SHIM_TBOOLEAN): .boolean
        case Int(SHIM_TNUMBER): .number
        case Int(SHIM_TSTRING): .string
        case Int(SHIM_TTABLE): .table
        case Int(SHIM_TFUNCTION): .function
        case Int(SHIM_TTHREAD): .thread
        default: .userdata
        }
    }

    /// A table in the registry that does not keep its values alive.
    func makeWeakTable() -> Int32 {
        lua_createtable(state, 0, 0)
        lua_createtable(state, 0, 1)
        push("__mode")
        push("v")
        lua_rawset(state, -3)
        lua_setmetatable(state, -2)
        return luaL_ref(state, SHIM_REGISTRY)
    }

    /// Runs `body` and puts the stack back to the height it had, whatever `body` left on it.
    func balanced<Result>(_ body: () -> Result) -> Result {
        let height = lua_gettop(state)
        defer { lua_settop(state, height) }
        return body()
    }
}

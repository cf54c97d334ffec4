internal import CLuaShim

/// The kinds of objects and error tables that the host gives to scripts, each with its metatable.
///
/// Two tables in the registry hold them: name → metatable, and metatable → name.
final class LuaObjectKinds {
    /// Told of every object that is given to the script, also as part of a copy: each is collected by itself. Pushes the
    /// value that it is to keep alive and answers true, or pushes nothing.
    var pushed: ((LuaObject, LuaStack) -> Bool)?
    private let byName: Int32
    private let byMetatable: Int32
    /// Where the only object of a kind is kept in the registry.
    private var only: [String: Int32] = [:]

    init(on stack: LuaStack) {
        lua_createtable(stack.state, 0, 8)
        byName = luaL_ref(stack.state, SHIM_REGISTRY)
        lua_createtable(stack.state, 0, 8)
        byMetatable = luaL_ref(stack.state, SHIM_REGISTRY)
    }

    /// Registers the table at `index` as the metatable of `name`.
    func register(_ name: String, metatableAt index: Int, on stack: LuaStack) {
        let index = lua_absindex(stack.state, Int32(index))
        stack.balanced {
            lua_rawgeti(stack.state, SHIM_REGISTRY, Int64(byName))
            stack.push(name)
            lua_pushvalue(stack.state, index)
            lua_rawset(stack.state, -3)
            lua_rawgeti(stack.state, SHIM_REGISTRY, Int64(byMetatable))
            lua_pushvalue(stack.state, index)
            stack.push(name)
            lua_rawset(stack.state, -3)
        }
    }

    /// Keeps the object at `index` as the only one of that kind.
    func registerOnly(_ kind: String, objectAt index: Int, on stack: LuaStack) {
        _ = stack.makeRoom(1)
        lua_pushvalue(stack.state, Int32(index))
        only[kind] = luaL_ref(stack.state, SHIM_REGISTRY)
    }

    func hasOnly(_ kind: String) -> Bool { only[kind] != nil }

    /// Pushes the only object of that kind; false, and nothing pushed, if there may be many.
    func pushOnly(_ kind: String, on stack: LuaStack) -> Bool {
        guard let slot = only[kind] else { return false }
        lua_rawgeti(stack.state, SHIM_REGISTRY, Int64(slot))
        return true
    }

    /// Pushes that metatable; false, and nothing pushed, if there is none.
    func pushMetatable(_ name: String, on stack: LuaStack) -> Bool {
        lua_rawgeti(stack.state, SHIM_REGISTRY, Int64(byName))
        stack.push(name)
        lua_rawget(stack.state, -2)
        lua_rotate(stack.state, -2, -1)
        stack.pop()
        guard stack.type(at: -1) == .table else {
            stack.pop()
            return false
        }
        return true
    }

    /// The object at `index`, if it is userdata of one of these kinds.
    func object(at index: Int, on stack: LuaStack) -> LuaObject? {
        var id: Int64 = 0
        guard shim_object_id(stack.state, Int32(index), &id), let kind = name(ofMetatableAt: index, on: stack)
        else { return nil }
        return LuaObject(kind: kind, id: Int(id))
    }

    /// The kind of the value at `index`, by its metatable. Takes up to three more places on the stack.
    func name(ofMetatableAt index: Int, on stack: LuaStack) -> String? {
        stack.balanced {
            guard lua_getmetatable(stack.state, Int32(index)) != 0 else { return nil }
            lua_rawgeti(stack.state, SHIM_REGISTRY, Int64(byMetatable))
            lua_rotate(stack.state, -2, 1)
            guard lua_rawget(stack.state, -2) == SHIM_TSTRING else { return nil }
            return stack.text(at: -1)
        }
    }
}

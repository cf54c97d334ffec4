internal import CLuaShim

// What a task is given as it goes on, and what it leaves when it ends.
extension LuaVM {
    /// - Returns: how many values it pushed.
    func push(_ resumption: LuaResumption, on stack: LuaStack) -> Int {
        guard stack.makeRoom(16) else { return 0 }
        switch resumption {
        case .start:
            return 0
        case .values(let values):
            guard stack.makeRoom(values.count + 1) else { return push(.error(.message("stack overflow")), on: stack) }
            lua_pushboolean(stack.state, 1)
            for value in values { stack.push(value, kinds: kinds) }
            return values.count + 1
        case .error(let error):
            lua_pushboolean(stack.state, 0)
            stack.push(error.value, kinds: kinds)
            lua_pushboolean(stack.state, error.wantsPosition ? 1 : 0)
            return 3
        case .lateError(let make):
            return push(.error(make()), on: stack)
        case .outcome(let task, let failed):
            lua_pushboolean(stack.state, failed ? 0 : 1)
            if failed {
                pushError(of: task, on: stack)
                return 2
            }
            guard let count = copyResults(of: task, to: stack) else {
                stack.pop()
                return push(.error(.message("stack overflow (too many results)")), on: stack)
            }
            return count + 1
        }
    }

    /// Copies the results of a task that returned; answers how many, nil if there is no room for them.
    func copyResults(of task: LuaCoroutine, to stack: LuaStack) -> Int? {
        guard isAlive(task) else { return 0 }
        let source = LuaStack(state: task.state)
        // Below them: `true`. The task's body left nothing else.
        let count = source.count - 1
        guard count > 0 else { return 0 }
        guard source.makeRoom(count), stack.makeRoom(count + 1) else { return nil }
        for index in 2...(count + 1) { lua_pushvalue(source.state, Int32(index)) }
        lua_xmove(source.state, stack.state, Int32(count))
        return count
    }

    /// The string at `key` in the table that a task returned first; nil if there is none.
    public func stringReturned(at key: String, by task: LuaCoroutine) -> LuaValue? {
        guard isAlive(task) else { return nil }
        let source = LuaStack(state: task.state)
        // Below the results: `true`.
        guard source.count > 1, source.type(at: 2) == .table, source.makeRoom(2) else { return nil }
        return source.balanced {
            source.push(key)
            return lua_rawget(source.state, 2) == SHIM_TSTRING ? .string(source.bytes(at: -1)) : nil
        }
    }

    /// Pushes the error value that a failed task left; nil for one that was dropped.
    func pushError(of task: LuaCoroutine, on stack: LuaStack) {
        guard isAlive(task) else { return lua_pushnil(stack.state) }
        let source = LuaStack(state: task.state)
        guard source.count > 0, source.makeRoom(1) else { return lua_pushnil(stack.state) }
        lua_pushvalue(task.state, -1)
        lua_xmove(task.state, stack.state, 1)
    }
}

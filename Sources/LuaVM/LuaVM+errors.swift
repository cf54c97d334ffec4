internal import CLuaShim

// Where script code is, and what it raised.
extension LuaVM {
    /// "poll.lua:7", the nearest line of the user's.
    public func line(of position: LuaPosition) -> String? {
        main.balanced {
            shim_push_where(main.state, position.state) ? main.text(at: -1) : nil
        }
    }

    /// The name by which the user's line calls the function that waits there: "receive".
    public func calledName(at position: LuaPosition) -> String? {
        main.balanced {
            shim_push_called_name(main.state, position.state) ? main.text(at: -1) : nil
        }
    }

    /// The error value on top of `stack`, as it showed itself when `coroutine` raised it.
    func keptError(onTopOf stack: LuaStack, of coroutine: OpaquePointer, kind: LuaError.Kind) -> LuaError {
        var error = error(onTopOf: stack, kind: kind)
        main.balanced {
            shim_push_traceback(main.state, coroutine)
            if main.type(at: -1) == .string { error.traceback = main.text(at: -1) }
            shim_push_kept_message(main.state, coroutine)
            if main.type(at: -1) == .string { error.message = main.text(at: -1) }
        }
        return error
    }

    func error(onTopOf stack: LuaStack, kind: LuaError.Kind) -> LuaError {
        _ = stack.makeRoom(8)
        var error = LuaError.value(stack.value(at: -1, kinds: kinds), message: stack.description(at: -1))
        error.kind = kind
        return error
    }
}

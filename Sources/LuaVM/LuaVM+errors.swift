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
        // Nobody hears of an error for lack of memory as it is raised: what was kept is of an earlier one.
        guard kind != .memory else { return error(onTopOf: stack, kind: kind) }
        let (message, traceback) = main.balanced { () -> (String?, String?) in
            shim_push_kept_message(main.state, coroutine)
            let message = main.type(at: -1) == .string ? main.text(at: -1) : nil
            shim_push_traceback(main.state, coroutine)
            return (message, main.type(at: -1) == .string ? main.text(at: -1) : nil)
        }
        var error = error(onTopOf: stack, kind: kind, message: message)
        error.traceback = traceback
        return error
    }

    /// - Parameter message: its text, if that is known; a `__tostring` is asked only once.
    func error(onTopOf stack: LuaStack, kind: LuaError.Kind, message: String? = nil) -> LuaError {
        _ = stack.makeRoom(8)
        var error = LuaError.value(
            stack.value(at: -1, kinds: kinds), message: message ?? stack.description(at: -1))
        error.kind = kind
        return error
    }
}

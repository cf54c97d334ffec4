internal import LuaVM
internal import RunClock

extension ScriptRuntime {
    func timerFunctions() -> [HostFunction] {
        [
            HostFunction("sleep", mayWait: true) { [self] call throws(LuaError) in
                let delay = try duration(call, 1)
                return try wait(call) { id throws(LuaError) in
                    guard let current else { throw .message("attempt to wait outside of a task") }
                    return .sleep(timer: timers.add(.wake(task: current.id, wait: id), due: clock.now + delay))
                }
            },
            HostFunction("now") { [self] call throws(LuaError) in
                call.push(.number(clock.now.milliseconds))
                return .returns
            },
            HostFunction("setTimeout") { [self] call throws(LuaError) in
                try startTimer(&call, repeats: false)
            },
            HostFunction("setInterval") { [self] call throws(LuaError) in
                try startTimer(&call, repeats: true)
            },
            HostFunction("clearTimer") { [self] call throws(LuaError) in
                // As in a browser, a timer that is not there is no error: it may have fired already.
                if case .integer(let id) = call.value(1) { clearTimer(Int(id)) }
                return .returns
            },
        ]
    }

    /// Arguments: milliseconds, the callback, its arguments.
    private func startTimer(_ call: inout HostCall, repeats: Bool) throws(LuaError) -> HostAnswer {
        let delay = try duration(call, 1)
        let id = addTimer(try call.makeTask(functionAt: 2), after: delay, repeats: repeats)
        armTimer()
        call.push(.integer(Int64(id)))
        return .returns
    }

    /// Milliseconds from a script; less than nothing is nothing, as in a browser.
    private func duration(_ call: borrowing HostCall, _ position: Int) throws(LuaError) -> Duration {
        let milliseconds = try call.number(position)
        guard !milliseconds.isNaN else {
            throw .badArgument(position, of: call.name, "milliseconds expected, got nan")
        }
        return .fromMilliseconds(max(0, milliseconds))
    }
}

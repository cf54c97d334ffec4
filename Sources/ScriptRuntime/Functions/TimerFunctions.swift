internal import LuaVM
internal import RunClock
internal import ScriptReference

extension ScriptRuntime {
    /// The global functions that a page's script has too.
    func timerGroup() -> ScriptGroup {
        ScriptGroup(
            GroupDescription("", type: "", "Timers, as globals. A callback is a task of its own and may wait."),
            [timeoutFunction(), intervalFunction(), clearFunction("clearTimeout"), clearFunction("clearInterval")])
    }

    private func timeoutFunction() -> ScriptFunction {
        ScriptFunction(
            "setTimeout", "Calls a function once, after a while.", Argument.function("fn", "What is called."),
            Self.delay("ms", "How long to wait first; 0 unless given.").optional(), Argument.rest("Passed to `fn`."),
            gives: [Self.timerID]
        ) { [self] call, _, delay, _ throws(LuaError) in
            try startTimer(call, after: delay ?? .zero, repeats: false)
        }
    }

    private func intervalFunction() -> ScriptFunction {
        ScriptFunction(
            "setInterval", "Calls a function again and again.", Argument.function("fn", "What is called."),
            Self.delay("ms", "How long to wait before each call.").optional(), Argument.rest("Passed to `fn`."),
            gives: [Self.timerID],
            details:
                "An interval does not overlap with itself: ticks that are due while its callback runs are dropped. "
                + "A period under 1 ms counts as 1 ms."
        ) { [self] call, _, delay, _ throws(LuaError) in
            try startTimer(call, after: delay ?? .zero, repeats: true)
        }
    }

    private func clearFunction(_ name: String) -> ScriptFunction {
        ScriptFunction(
            name, "Ends a timer's future calls; a call under way goes on.",
            Argument.value("id", "What setTimeout or setInterval returned.")
        ) { [self] _, id throws(LuaError) in
            // As in a browser, a timer that is not there is no error: it may have fired already.
            if case .integer(let id) = id { clearTimer(Int(id)) }
            return .returns
        }
    }

    private static let timerID = ResultDescription(
        .integer, "For `clearTimeout` and `clearInterval`, which are the same.")

    func sleepFunction() -> ScriptFunction {
        ScriptFunction(
            "sleep", "Waits; other tasks go on meanwhile.", Self.delay("ms", "How long."), waits: true
        ) { [self] call, delay throws(LuaError) in
            try sleep(call, until: clock.now + delay)
        }
    }

    /// Suspends the current task until then.
    func sleep(_ call: borrowing HostCall, until due: RunInstant) throws(LuaError) -> ModuleFunction.Completion {
        try wait(call) { id throws(LuaError) in
            guard let current else { throw .message("attempt to wait outside of a task") }
            return .sleep(timer: timers.add(.wake(task: current.id), due: due))
        }
    }

    func nowFunction() -> ScriptFunction {
        ScriptFunction(
            "now", "The script's clock, in milliseconds from some moment on; it never goes back.",
            gives: [ResultDescription(.number(unit: .milliseconds))]
        ) { [self] call throws(LuaError) in
            call.push(.number(clock.now.milliseconds))
            return .returns
        }
    }

    private func startTimer(
        _ call: borrowing HostCall, after delay: Duration, repeats: Bool
    ) throws(LuaError) -> ModuleFunction.Completion {
        let id = addTimer(try call.makeTask(functionAt: 1, argumentsFrom: 3), after: delay, repeats: repeats)
        armTimer()
        call.push(.integer(Int64(id)))
        return .returns
    }

    /// Milliseconds; less than nothing is nothing, as in a browser.
    private static func delay(_ name: String, _ summary: String) -> Parameter<Duration> {
        Parameter(name, .number(unit: .milliseconds), summary) { call, position, _ throws(LuaError) in
            let milliseconds = try call.number(position)
            guard !milliseconds.isNaN else { throw call.badArgument(position, "milliseconds expected, got nan") }
            return .fromMilliseconds(max(0, milliseconds))
        }
    }
}

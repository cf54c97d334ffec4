internal import LuaVM

extension ScriptRuntime {
    /// `settle` waits until everything else has ended: no other task is left, and no timer.
    func settlingFunctions() -> [ModuleFunction] {
        [
            ModuleFunction("settle", mayWait: true) { [self] call throws(LuaError) in
                try wait(call) { id throws(LuaError) in
                    guard let current else { throw .message("attempt to wait outside of a task") }
                    settlers.append((current, id))
                    return .parked
                }
            }
        ]
    }

    /// Answers those who wait for everything else to end, if it has ended.
    func answerSettlers() {
        settlers.removeAll { $0.task.wait?.id != $0.wait }
        guard !settlers.isEmpty, tasks.liveCount == settlers.count, scriptTimers.isEmpty else { return }
        let answered = settlers
        settlers = []
        for settler in answered { answer(settler.task, wait: settler.wait, .values([])) }
    }
}

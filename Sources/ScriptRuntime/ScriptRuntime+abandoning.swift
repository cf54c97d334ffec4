internal import LuaVM

// What a part of a run has started, and its end without a word: `os.exit` of a script that a test runs.
extension ScriptRuntime {
    /// A moment of a run: what is started later has a higher number.
    public struct Moment: Sendable {
        fileprivate var lastID: Int
    }

    /// Now.
    public func moment() -> Moment { Moment(lastID: makeID()) }

    /// Whether the task that runs now was started since then.
    public func isCurrentTaskNew(since moment: Moment) -> Bool {
        current.map { isNew($0, since: moment) } ?? false
    }

    /// Ends all tasks and timers that were started since then. None of their code runs any more, not even what catches
    /// errors or a `<close>`; those who await them learn that they were cancelled. The task that runs now, if it is one
    /// of them, is only marked: it has to be interrupted for good.
    public func abandonTasks(newSince moment: Moment) {
        for id in scriptTimers.ids where id > moment.lastID { clearTimer(id) }
        let cancellation = Cancellation(reason: .nil, message: "the script has ended")
        let new = tasks.live.filter { isNew($0, since: moment) }
        // First all of them: the end of one is not to begin anything in another.
        for task in new where task.cancellation == nil { task.cancellation = cancellation }
        for task in new where task !== current {
            if let wait = task.wait {
                leave(wait, of: task)
                endOperation(wait.id)
            }
            finish(task, failed: false)
        }
    }

    /// The callbacks of a timer, and what they spawn, are as old as the timer.
    private func isNew(_ task: ScriptTask, since moment: Moment) -> Bool {
        guard task.id > moment.lastID else { return false }
        if let timer = task.timer { return timer > moment.lastID }
        guard let owner = task.owner, owner.id > moment.lastID else { return true }
        return isNew(owner, since: moment)
    }
}

internal import LuaVM
internal import RunClock

/// How long a cancelled task may take to clean up before it is stopped wherever it is.
let cancellationGrace = Duration.seconds(5)

extension ScriptRuntime {
    /// Cancels a task and all it has spawned. False if it was over or cancelled already.
    @discardableResult
    func cancel(_ task: ScriptTask, _ cancellation: Cancellation) -> Bool {
        guard !task.state.isOver, task.cancellation == nil else { return false }
        task.cancellation = cancellation
        task.graceTimer = timers.add(.grace(task: task.id), due: clock.now + cancellationGrace)
        for timer in scriptTimers.values where timer.owner === task { clearTimer(timer.id) }
        for child in task.children.values.sorted(by: { $0.id < $1.id }) { cancel(child, cancellation) }
        interruptWait(of: task)
        return true
    }

    /// Raises the cancellation at the wait the task is in, unless it is shielded.
    func interruptWait(of task: ScriptTask) {
        guard task.shields == 0, let wait = task.wait, let cancellation = task.cancellation else { return }
        switch wait.kind {
        case .operation(let cancel):
            // It answers soon, maybe with what became known on the way (a job's id).
            return cancel()
        case .sleep(let timer): timers.remove(timer)
        case .group(let id): groups[id]?.waiter = nil
        case .task, .parked, .cancelled: break
        }
        answer(task, wait: wait.id, .error(cancelled(cancellation)))
    }

    func cancelEverything(message: String) {
        let cancellation = Cancellation(reason: .nil, message: message)
        for task in tasks.values.sorted(by: { $0.id < $1.id }) { cancel(task, cancellation) }
        for timer in scriptTimers.values { clearTimer(timer.id) }
    }

    /// The grace period of a cancelled task is over.
    func stop(_ task: ScriptTask) {
        task.graceTimer = nil
        guard !task.state.isOver else { return }
        let line = task.wait.flatMap { vm.line(of: $0.position) }
        report(.stopped(.init(isMain: task.isMain, line: line, function: task.wait?.function ?? "a wait")))
        if case .operation(let cancel) = task.wait?.kind { cancel() }
        task.wait = nil
        vm.drop(task.coroutine)
        finish(task, failed: true)
    }

    /// The `CANCELLED` error: `task` is set where it is somebody else's cancellation that one hears of.
    func cancelled(_ cancellation: Cancellation?, of task: ScriptTask? = nil) -> LuaError {
        var fields: [(String, LuaValue)] = [("code", .text("CANCELLED"))]
        let what = task == nil ? "this task was cancelled" : "the awaited task was cancelled"
        let message = cancellation.map { $0.message.isEmpty ? what : "\(what): \($0.message)" } ?? what
        fields.append(("message", .text(message)))
        if let reason = cancellation?.reason, reason != .nil { fields.append(("cause", reason)) }
        if let task {
            task.holders += 1
            fields.append(("task", .object(LuaObject(kind: "task", id: task.id))))
        }
        // What the task learnt before it ended, such as a job's id, goes with the news.
        if let task, task.state == .cancelled, task.endedWithError,
            case .table(let own) = vm.error(of: task.coroutine).value, own["data"] != .nil
        {
            fields.append(("data", own["data"]))
        }
        fields.append(("retryable", .boolean(false)))
        return .value(.table(LuaTable(fields: fields, metatable: "error")), message: "CANCELLED: \(message)")
    }
}

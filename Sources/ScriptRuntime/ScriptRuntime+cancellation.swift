internal import LuaVM
internal import RunClock

// What a script can rely on.
//
//  1. Cancelling a task raises CANCELLED at the wait it is in, at once; a task that runs or is ready learns of it at
//     its next wait, and one that has not started never starts.
//  2. Every later wait outside a shield raises CANCELLED too, after the others have had their turn. Catching it does
//     not un-cancel: the task ends as `cancelled`, whether its function returns or raises.
//  3. Cancelling passes down to what the task has spawned and clears the timers it has set. A normal end does not: what
//     is left then belongs to the next owner up. A callback belongs to the task that set its timer.
//  4. What a cancelled task spawns outside a shield is cancelled before it starts; what it has left from a shield is
//     cancelled when it ends.
//  5. Inside `shield`, waits work as usual; the cancellation is raised at the first wait after it. A shield belongs to
//     its coroutine: it holds for the task that resumes that coroutine, while it runs, and for nobody once it has
//     yielded.
//  6. A task still alive 5 s after it was cancelled, shielded or not, is stopped where it is: its `<close>` variables
//     run and cannot wait, and that it was stopped is reported. One that is about to go on then does so first; if it has
//     not run since it was cancelled, its 5 s begin there.
//  7. The host's work (a request, a program) is asked to end, and the wait gets the work's own answer or error.
//  8. `await` of a cancelled task raises CANCELLED with `task` set, and with the `data` of the error the task ended
//     with, or the `job_id` of what it returned first; a task's own cancellation has neither.
//  9. Each wait is answered exactly once. What a wait had received when the cancellation came is not lost: a value
//     or a permit belongs to the task, and the cancellation is raised at its next wait.
// 10. Cancelling a task twice, or one that is over, does nothing and returns false.
// 11. A cancelled task is not a failure: nothing is printed, and the exit status stays. A failure whose only awaiter
//     has stopped waiting is printed as one that nobody awaits.

/// How long a cancelled task may take to clean up before it is stopped wherever it is.
let cancellationGrace = Duration.seconds(5)
/// How much longer the host's work that a cancelled task waits for may take.
private let operationExtension = Duration.seconds(1)

extension ScriptRuntime {
    /// Cancels a task and all it has spawned. False if it was over or cancelled already.
    @discardableResult
    func cancel(_ task: ScriptTask, _ cancellation: Cancellation) -> Bool {
        guard !task.state.isOver, task.cancellation == nil else { return false }
        // Not recursive: a chain of tasks may be longer than the thread's stack is deep.
        var left = [task]
        var reached: [ScriptTask] = []
        while let task = left.popLast() {
            guard !task.state.isOver, task.cancellation == nil else { continue }
            task.cancellation = cancellation
            giveGrace(cancellationGrace, to: task)
            for timer in task.timers { clearTimer(timer) }
            left += task.childrenByAge
            reached.append(task)
        }
        // The deepest tasks are cancelled first, so that a task finds those that it has spawned on their way out.
        for task in reached.reversed() { interruptWait(of: task) }
        armTimer()
        return true
    }

    func cancelChildren(of task: ScriptTask, _ cancellation: Cancellation) {
        for timer in task.timers { clearTimer(timer) }
        for child in task.childrenByAge { cancel(child, cancellation) }
    }

    /// Raises the cancellation at the wait the task is in, unless it is shielded.
    func interruptWait(of task: ScriptTask) {
        guard !task.isShielded, let wait = task.wait, let cancellation = task.cancellation else { return }
        switch wait.kind {
        case .operation(let cancel):
            // Its own answer counts, which may hold what became known on the way (a job's id). Work that never answers
            // is given up with the grace period.
            return cancel()
        case .refused: return
        case .sleep, .group, .task, .parked: break
        }
        leave(wait, of: task)
        answer(task, wait: wait.id, .error(cancelled(cancellation)))
    }

    /// Removes a task's wait from the lists of those who would have answered it.
    func leave(_ wait: ScriptTask.Wait, of task: ScriptTask) {
        switch wait.kind {
        case .sleep(let timer), .refused(let timer): timers.remove(timer)
        case .group(let id): groups.stopWaiting(in: id)
        // With nobody left to await it, a failure there has to be reported.
        case .task(let id): tasks[id]?.awaiters.remove(wait: wait.id)
        case .operation(let cancel): cancel()
        case .parked: break
        }
    }

    func cancelEverything(message: String) {
        let cancellation = Cancellation(reason: .nil, message: message)
        for task in tasks.live { cancel(task, cancellation) }
        for id in scriptTimers.ids { clearTimer(id) }
    }

    /// A cancelled task has run, and has come to a wait again.
    func noteTurn(of task: ScriptTask) {
        switch task.turn {
        case .none where clock.now < task.graceEnd: task.turn = .first
        case .none, .owedFirst:
            // It has had nothing of its grace period, which begins now.
            task.turn = .last
            giveGrace(cancellationGrace, to: task)
        case .owedLast:
            task.turn = .last
            giveGrace(.zero, to: task)
        case .first, .last: break
        }
    }

    private func giveGrace(_ period: Duration, to task: ScriptTask) {
        if let timer = task.graceTimer { timers.remove(timer) }
        task.graceEnd = clock.now + period
        task.graceTimer = timers.add(.grace(task: task.id), due: task.graceEnd)
    }

    /// A task that has returned although it was cancelled: if what it returns is a job, that is told with the
    /// cancellation. It has been paid for.
    func keepJob(of task: ScriptTask) {
        guard let id = vm.stringReturned(at: "job_id", by: task.coroutine) else { return }
        task.lastWords = .table(LuaTable(fields: [("job_id", id)]))
    }

    /// The grace period of a cancelled task is over.
    func stop(_ task: ScriptTask) {
        task.graceTimer = nil
        guard !task.state.isOver else { return }
        if case .operation = task.wait?.kind, !task.hadExtension {
            // The host's work keeps to the same period: its result (a job's id, or that there may be one) is
            // about to come.
            task.hadExtension = true
            task.graceTimer = timers.add(.grace(task: task.id), due: clock.now + operationExtension)
            return armTimer()
        }
        if task.state == .ready, task.turn == .none || task.turn == .first {
            // The thread was held up: it has had what it waited for, and not yet the time to go on with that.
            task.turn = task.turn == .none ? .owedFirst : .owedLast
            return
        }
        report(.stopped(describeWait(task)))
        if let wait = task.wait {
            leave(wait, of: task)
            // Work that does not end (a line that nobody types) must not keep the run alive.
            endOperation(wait.id)
        }
        task.wait = nil
        // What its `<close>` variables spawn belongs to it.
        current = task
        vm.drop(task.coroutine)
        current = nil
        finish(task, failed: true)
    }

    /// The `CANCELLED` error. `task` is set if it reports another task's cancellation.
    func cancelled(_ cancellation: Cancellation?, of task: ScriptTask? = nil) -> LuaError {
        var fields: [(String, LuaValue)] = [("code", .text("CANCELLED"))]
        let what = task == nil ? "this task was cancelled" : "the awaited task was cancelled"
        let message = cancellation.map { $0.message.isEmpty ? what : "\(what): \($0.message)" } ?? what
        fields.append(("message", .text(message)))
        if let reason = cancellation?.reason, reason != .nil { fields.append(("cause", reason)) }
        if let task {
            fields.append(("task", .object(LuaObject(kind: "task", id: task.id))))
        }
        // Passes on what the task learned before it ended.
        if let task, task.lastWords != .nil { fields.append(("data", task.lastWords)) }
        if let task, task.lastError != .nil { fields.append(("cause", task.lastError)) }
        fields.append(("retryable", .boolean(false)))
        return .value(.table(LuaTable(fields: fields, metatable: "error")), message: "CANCELLED: \(message)")
    }
}

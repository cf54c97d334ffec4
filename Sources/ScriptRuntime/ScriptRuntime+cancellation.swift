internal import LuaVM
internal import RunClock

// What a script may rely on.
//
//  1. Cancelling a task raises CANCELLED at the wait it is in, at once; a task that runs or is ready learns of it at
//     its next wait, and one that has not started never starts.
//  2. Every later wait outside of a shield raises CANCELLED too, after the others have had their turn. Catching it does
//     not un-cancel: the task ends as `cancelled`, whether its function returns or raises.
//  3. Cancelling passes down to what the task has spawned and clears the timers it has set. A normal end does not: what
//     is left belongs to the owner above from then on. A callback belongs to the task that set its timer.
//  4. What a cancelled task spawns outside of a shield is cancelled before it starts; what it has left from a shield is
//     cancelled when it ends.
//  5. Inside `shield` waits work as ever; the cancellation is raised at the first wait after it. A shield is its
//     coroutine's: it holds for the task that resumes that coroutine, while it runs, and for nobody once it has
//     yielded.
//  6. A task still alive 5 s after it was cancelled, shielded or not, is stopped where it is: its `<close>` variables
//     run and cannot wait, and that it was stopped is reported.
//  7. Work of the host's (a request, a program) is asked to end, and the wait gets the work's own answer or error.
//  8. `await` of a cancelled task raises CANCELLED with `task` set, and with the `data` of the error the task ended
//     with; one's own cancellation has neither.
//  9. Each wait is answered exactly once; what a wait had been given when the cancellation came is not lost: a value
//     received, a permit acquired are the task's, and it learns of the cancellation at its next wait.
// 10. Cancelling a task twice, or one that is over, does nothing and answers false.
// 11. A cancelled task is no failure: nothing is printed, and the exit status stays. A failure that its only awaiter
//     has stopped waiting for is printed as one that nobody awaits.

/// How long a cancelled task may take to clean up before it is stopped wherever it is.
let cancellationGrace = Duration.seconds(5)
/// How much longer the host's own work may take that a cancelled task waits for.
private let operationExtension = Duration.seconds(1)

extension ScriptRuntime {
    /// Cancels a task and all it has spawned. False if it was over or cancelled already.
    @discardableResult
    func cancel(_ task: ScriptTask, _ cancellation: Cancellation) -> Bool {
        guard !task.state.isOver, task.cancellation == nil else { return false }
        // Not by recursion: a chain of tasks may be longer than the thread's stack is deep.
        var left = [task]
        var family: [ScriptTask] = []
        while let task = left.popLast() {
            guard !task.state.isOver, task.cancellation == nil else { continue }
            task.cancellation = cancellation
            task.graceTimer = timers.add(.grace(task: task.id), due: clock.now + cancellationGrace)
            for timer in task.timers { clearTimer(timer) }
            left += task.children.values.sorted { $0.id < $1.id }
            family.append(task)
        }
        // Those furthest down learn of it first: a task finds what it has spawned on its way out.
        for task in family.reversed() { interruptWait(of: task) }
        armTimer()
        return true
    }

    func cancelChildren(of task: ScriptTask, _ cancellation: Cancellation) {
        for timer in task.timers { clearTimer(timer) }
        for child in task.children.values.sorted(by: { $0.id < $1.id }) { cancel(child, cancellation) }
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

    /// Takes a task's wait off the lists of those who would have answered it.
    private func leave(_ wait: ScriptTask.Wait, of task: ScriptTask) {
        switch wait.kind {
        case .sleep(let timer), .refused(let timer): timers.remove(timer)
        case .group(let id): groups[id]?.waiter = nil
        case .task(let id):
            // With nobody left to await it, a failure there is nobody's: it has to be reported.
            tasks[id]?.awaiters.removeAll {
                if case .task(_, wait: wait.id) = $0 { true } else { false }
            }
        case .operation(let cancel): cancel()
        case .parked: break
        }
    }

    func cancelEverything(message: String) {
        let cancellation = Cancellation(reason: .nil, message: message)
        for task in tasks.values.sorted(by: { $0.id < $1.id }) { cancel(task, cancellation) }
        for id in scriptTimers.keys { clearTimer(id) }
    }

    /// The grace period of a cancelled task is over.
    func stop(_ task: ScriptTask) {
        task.graceTimer = nil
        guard !task.state.isOver else { return }
        if case .operation = task.wait?.kind, !task.hadExtension {
            // The host's own work keeps to the same period: its last word (a job's id, or that there may be one) is
            // about to come.
            task.hadExtension = true
            task.graceTimer = timers.add(.grace(task: task.id), due: clock.now + operationExtension)
            return armTimer()
        }
        report(.stopped(describeWait(task)))
        if let wait = task.wait {
            leave(wait, of: task)
            // Work that does not end (a line that nobody types) must not keep the run alive.
            _ = forgetOperation(wait.id)
        }
        task.wait = nil
        // What its `<close>` variables spawn is its own.
        current = task
        vm.drop(task.coroutine)
        current = nil
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
            fields.append(("task", .object(LuaObject(kind: "task", id: task.id))))
        }
        // What the task learnt before it ended goes with the news.
        if let task, task.lastWords != .nil { fields.append(("data", task.lastWords)) }
        if let task, task.lastError != .nil { fields.append(("cause", task.lastError)) }
        fields.append(("retryable", .boolean(false)))
        return .value(.table(LuaTable(fields: fields, metatable: "error")), message: "CANCELLED: \(message)")
    }
}

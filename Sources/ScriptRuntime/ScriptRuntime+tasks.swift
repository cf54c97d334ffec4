internal import LuaVM

extension ScriptRuntime {
    /// Takes charge of a coroutine as a new task, to be started when the present one waits.
    @discardableResult
    func addTask(_ coroutine: LuaCoroutine, owner: ScriptTask?, isMain: Bool = false) -> ScriptTask {
        let task = ScriptTask(id: makeID(), coroutine: coroutine, isMain: isMain)
        tasks[task.id] = task
        liveTasks += 1
        if let owner {
            task.owner = owner
            owner.children[task.id] = task
        }
        enqueue(task, .start)
        return task
    }

    // MARK: Waiting

    /// Suspends the current task. `begin` is given the wait's id and starts whatever will answer it.
    ///
    /// A cancelled task outside of a shield starts nothing: it learns of its cancellation once the others have run.
    func wait(_ call: borrowing HostCall, _ begin: (Int) throws(LuaError) -> ScriptTask.Wait.Kind) throws(LuaError)
        -> HostAnswer
    {
        guard let task = current else { throw .message("attempt to wait outside of a task") }
        let id = makeID()
        if let cancellation = task.cancellation, task.shields == 0 {
            enqueue(task, .error(cancelled(cancellation)))
            return .waits
        }
        let kind = try begin(id)
        // What was begun may have been answered already.
        guard task.state == .running else { return .waits }
        task.wait = .init(id: id, kind: kind, function: call.name, position: call.caller)
        return .waits
    }

    /// Answers a wait; an answer that comes too late is dropped, and false says so.
    @discardableResult
    func answer(_ task: ScriptTask, wait id: Int, _ answer: LuaAnswer, after: (() -> Void)? = nil) -> Bool {
        guard task.wait?.id == id else { return false }
        enqueue(task, answer, after: after)
        return true
    }

    // MARK: Ending

    func finish(_ task: ScriptTask, failed: Bool) {
        liveTasks -= 1
        let cancelled = task.cancellation != nil
        task.state = cancelled ? .cancelled : failed ? .failed : .done
        task.wait = nil
        task.endedWithError = failed
        if let timer = task.graceTimer { timers.remove(timer) }
        passOnChildren(of: task)
        let error = failed && !cancelled ? vm.error(of: task.coroutine) : nil
        if task.isMain {
            mainEnded(failed: failed && !cancelled, error: error)
        } else if let error, task.awaiters.isEmpty {
            unawaitedFailures.insert(task.id)
            report(.failed(error, task: task.id.description))
        }
        let awaiters = task.awaiters
        task.awaiters = []
        for awaiter in awaiters { tell(awaiter, of: task) }
        if let timer = task.timer { callbackEnded(ofTimer: timer) }
        letGo(task)
    }

    /// What an ended task spawned belongs to its owner from then on, so that cancelling still reaches it.
    private func passOnChildren(of task: ScriptTask) {
        let owner = task.owner
        owner?.children[task.id] = nil
        for (id, child) in task.children {
            child.owner = owner
            owner?.children[id] = child
        }
        task.children = [:]
    }

    private func tell(_ awaiter: ScriptTask.Awaiter, of task: ScriptTask) {
        switch awaiter {
        case .task(let waiting, let wait): deliverOutcome(of: task, to: waiting, wait: wait)
        case .group(let id, let index): member(index, ofGroup: id, endedAs: task)
        }
    }

    /// Answers a wait with the results or the error of a task that is over.
    func deliverOutcome(of task: ScriptTask, to waiting: ScriptTask, wait: Int) {
        unawaitedFailures.remove(task.id)
        let outcome: LuaAnswer =
            task.state == .cancelled
            ? .error(cancelled(task.cancellation, of: task))
            : .outcome(of: task.coroutine, failed: task.state == .failed)
        task.deliveries += 1
        let answered = answer(waiting, wait: wait, outcome) { [self] in
            task.deliveries -= 1
            letGo(task)
        }
        if !answered { task.deliveries -= 1 }
    }

    /// Frees what an ended task holds once nobody can ask for it. The script's task object keeps the coroutine itself.
    func letGo(_ task: ScriptTask) {
        guard task.state.isOver, task.deliveries == 0 else { return }
        if !task.isReleased {
            task.isReleased = true
            vm.release(task.coroutine)
        }
        if task.holders == 0 { tasks[task.id] = nil }
    }
}

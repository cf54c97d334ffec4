internal import LuaVM
internal import RunClock

extension ScriptRuntime {
    /// Takes charge of a coroutine as a new task, to be started when the present one waits.
    @discardableResult
    func addTask(_ coroutine: LuaCoroutine, owner: ScriptTask?, isMain: Bool = false) -> ScriptTask {
        let task = ScriptTask(id: makeID(), coroutine: coroutine, isMain: isMain)
        tasks[task.id] = task
        liveTasks += 1
        enqueue(task, .start)
        if let owner {
            task.owner = owner
            owner.children[task.id] = task
            let isShielded = owner === current ? vm.isInShield : owner.isShielded
            if let cancellation = owner.cancellation, !isShielded { cancel(task, cancellation) }
        }
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
        task.isShielded = vm.isInShield
        if let cancellation = task.cancellation, !task.isShielded {
            refuse(task, wait: id, cancellation, call)
            return .waits
        }
        let kind = try begin(id)
        // What was begun may have been answered already.
        guard task.state == .running else { return .waits }
        task.wait = .init(id: id, kind: kind, function: call.name, position: call.caller)
        return .waits
    }

    /// Lets the others run, then tells the task that it is cancelled.
    ///
    /// A task that tries again and again would keep the loop busy, and virtual time from moving, until its grace period
    /// is over, which would then never come: after a hundred times each refusal takes a millisecond.
    private func refuse(_ task: ScriptTask, wait id: Int, _ cancellation: Cancellation, _ call: borrowing HostCall) {
        task.refusedWaits += 1
        guard task.refusedWaits > 100 else { return enqueue(task, .error(cancelled(cancellation))) }
        let timer = timers.add(.refuse(task: task.id, wait: id), due: clock.now + .milliseconds(1))
        task.wait = .init(id: id, kind: .refused(timer: timer), function: call.name, position: call.caller)
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
        // Describing its error may run the script's code, and so collect the task's last object: it is held meanwhile.
        task.deliveries += 1
        let cancelled = task.cancellation != nil
        task.state = cancelled ? .cancelled : failed ? .failed : .done
        task.wait = nil
        if let timer = task.graceTimer { timers.remove(timer) }
        passOn(whatWasLeftBy: task)
        let error = failed ? vm.error(of: task.coroutine) : nil
        if cancelled, case .table(let object)? = error?.value {
            task.lastWords = object["data"]
            if let code = object["code"].text, code != "CANCELLED" { task.lastError = .table(object) }
        }
        if task.isMain {
            mainEnded(failed: failed && !cancelled, error: error)
        } else if let error, !cancelled, task.awaiters.isEmpty {
            unawaitedFailures.insert(task.id)
            report(.failed(error, task: task.origin))
        }
        let awaiters = task.awaiters
        task.awaiters = []
        for awaiter in awaiters { tell(awaiter, of: task) }
        if let timer = task.timer { callbackEnded(ofTimer: timer) }
        task.deliveries -= 1
        letGo(task)
    }

    /// What an ended task spawned and set belongs to its owner from then on, so that cancelling still reaches it; what
    /// a cancelled one left behind, which it can have made only in a shield, is cancelled.
    private func passOn(whatWasLeftBy task: ScriptTask) {
        let owner = task.owner
        owner?.children[task.id] = nil
        if let cancellation = task.cancellation {
            cancelChildren(of: task, cancellation)
        }
        for (id, child) in task.children {
            child.owner = owner
            owner?.children[id] = child
        }
        for id in task.timers {
            scriptTimers[id]?.owner = owner
            owner?.timers.insert(id)
        }
        task.children = [:]
        task.timers = []
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
            ? .errorMade { [self] in cancelled(task.cancellation, of: task) }
            : .outcome(of: task.coroutine, failed: task.state == .failed)
        // Of a cancelled task nothing is taken from the coroutine, which may be gone already.
        if task.isReleased, task.state != .cancelled {
            // The script's task object may go before the outcome has been taken from the coroutine.
            task.coroutine = vm.retain(task.coroutine)
            task.isReleased = false
        }
        task.deliveries += 1
        let answered = answer(waiting, wait: wait, outcome) { [self] in
            task.deliveries -= 1
            letGo(task)
        }
        if !answered {
            task.deliveries -= 1
            letGo(task)
        }
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

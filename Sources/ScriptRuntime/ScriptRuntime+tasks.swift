internal import LuaVM
internal import RunClock

extension ScriptRuntime {
    /// Makes a coroutine a new task, which starts when the current one waits.
    @discardableResult
    func addTask(_ coroutine: LuaCoroutine, owner: ScriptTask?, isMain: Bool = false) -> ScriptTask {
        let task = ScriptTask(id: makeID(), coroutine: coroutine, isMain: isMain)
        tasks.add(task)
        enqueue(task, .start)
        if let owner {
            owner.adopt(task)
            let isShielded = owner === current ? vm.isInShield : owner.isShielded
            if let cancellation = owner.cancellation, !isShielded { cancel(task, cancellation) }
        }
        return task
    }

    // MARK: Waiting

    /// Suspends the current task. `begin` is given the wait's id and starts whatever will answer it.
    ///
    /// A cancelled task outside a shield starts nothing: its cancellation is raised once the others have run.
    func wait(
        _ call: borrowing HostCall, _ begin: (Int) throws(LuaError) -> ScriptTask.Wait.Kind
    ) throws(LuaError) -> ModuleFunction.Completion {
        guard let task = current else { throw .message("attempt to wait outside of a task") }
        let id = makeID()
        task.lastPosition = call.caller
        task.isShielded = vm.isInShield
        if let cancellation = task.cancellation, !task.isShielded {
            refuse(task, wait: id, cancellation, call)
            return .suspended
        }
        let kind = try begin(id)
        // The work may have been answered already.
        guard task.state == .running else { return .suspended }
        task.wait = .init(id: id, function: call.name, kind: kind)
        return .suspended
    }

    /// Lets the others run, then tells the task that it is cancelled.
    ///
    /// A task that tries again and again would keep the loop busy, and virtual time from moving, until the end of its
    /// grace period, which would then never come. So after a hundred times each refusal takes a millisecond.
    private func refuse(_ task: ScriptTask, wait id: Int, _ cancellation: Cancellation, _ call: borrowing HostCall) {
        task.refusedWaits += 1
        guard task.refusedWaits > 100 else { return enqueue(task, .error(cancelled(cancellation))) }
        let timer = timers.add(.refuse(task: task.id), due: clock.now + .milliseconds(1))
        task.wait = .init(id: id, function: call.name, kind: .refused(timer: timer))
    }

    /// Answers a wait. Returns false if the answer comes too late, in which case it is dropped.
    @discardableResult
    func answer(_ task: ScriptTask, wait id: Int, _ resumption: LuaResumption, after: (() -> Void)? = nil) -> Bool {
        guard task.wait?.id == id else { return false }
        enqueue(task, resumption, after: after)
        return true
    }

    // MARK: Ending

    func finish(_ task: ScriptTask, failed: Bool) {
        // Describing its error may run the script's code and so collect the task's last object; hold it meanwhile.
        task.deliveries += 1
        let cancelled = task.cancellation != nil
        tasks.end(task, failed: failed)
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
            tasks.noteUnheardFailure(of: task)
            report(.failed(error, task: task.origin))
        }
        for awaiter in task.awaiters.removeAll() { tell(awaiter, of: task) }
        if let timer = task.timer { callbackEnded(ofTimer: timer) }
        task.deliveries -= 1
        letGo(task)
    }

    /// What an ended task spawned and set belongs to its owner from then on, so that cancelling still reaches it. What
    /// a cancelled one left behind, which it can only have made in a shield, is cancelled.
    private func passOn(whatWasLeftBy task: ScriptTask) {
        if let cancellation = task.cancellation { cancelChildren(of: task, cancellation) }
        scriptTimers.passOn(from: task, to: task.owner)
        task.leaveTree()
    }

    private func tell(_ awaiter: Awaiters.Awaiter, of task: ScriptTask) {
        switch awaiter {
        case .task(let waiting, let wait): deliverOutcome(of: task, to: waiting, wait: wait)
        case .group(let id, let index): member(index, ofGroup: id, endedAs: task)
        }
    }

    /// Answers a wait with the results or the error of a task that is over.
    func deliverOutcome(of task: ScriptTask, to waiting: ScriptTask, wait: Int) {
        tasks.noteHeard(task)
        let outcome: LuaResumption =
            task.state == .cancelled
            ? .lateError { [self] in cancelled(task.cancellation, of: task) }
            : .outcome(of: task.coroutine, failed: task.state == .failed)
        // Nothing is taken from the coroutine of a cancelled task, which may be gone already.
        if task.state != .cancelled {
            // The script's task object may go before the outcome has been taken from the coroutine.
            guard let coroutine = vm.retain(task.coroutine) else {
                answer(waiting, wait: wait, .error(.message("this task is gone")))
                return
            }
            task.coroutine = coroutine
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

    /// Frees what an ended task holds, once nobody can ask for it any more. The script's task objects keep the coroutine
    /// themselves.
    func letGo(_ task: ScriptTask) {
        guard task.state.isOver, task.deliveries == 0 else { return }
        if task.holders == 0 {
            vm.release(task.coroutine)
            tasks.forget(task)
        } else if task.coroutine.isHeld {
            task.coroutine = vm.loosen(task.coroutine)
        }
    }
}

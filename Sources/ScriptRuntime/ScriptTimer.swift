internal import LuaVM
internal import RunClock

/// A `setTimeout` or `setInterval` of the script's.
final class ScriptTimer {
    let id: Int
    /// A coroutine that is never run: it holds the callback and its arguments.
    let template: LuaCoroutine
    /// nil for a timeout.
    let period: Duration?
    var due: RunInstant
    /// Its entry in the timer queue; nil while its callback runs.
    var entry: Int?
    weak var owner: ScriptTask?

    init(id: Int, template: LuaCoroutine, period: Duration?, due: RunInstant, owner: ScriptTask?) {
        self.id = id
        self.template = template
        self.period = period
        self.due = due
        self.owner = owner
    }
}

extension ScriptRuntime {
    /// - Parameter repeats: with that period; a period under 1 ms counts as 1 ms, or time could not go on.
    func addTimer(_ template: LuaCoroutine, after delay: Duration, repeats: Bool) -> Int {
        let period = max(delay, repeats ? .milliseconds(1) : .zero)
        let due = clock.now + period
        let timer = ScriptTimer(
            id: makeID(), template: template, period: repeats ? period : nil, due: due, owner: current)
        timer.entry = timers.add(.fire(timer: timer.id), due: due)
        scriptTimers[timer.id] = timer
        current?.timers.insert(timer.id)
        return timer.id
    }

    /// Ends a timer's future calls; one that runs goes on. Unknown ids are ignored.
    func clearTimer(_ id: Int) {
        guard let timer = scriptTimers.removeValue(forKey: id) else { return }
        if let entry = timer.entry { timers.remove(entry) }
        timer.owner?.timers.remove(id)
        vm.release(timer.template)
    }

    func fire(timer id: Int) {
        guard let timer = scriptTimers[id] else { return }
        timer.entry = nil
        do {
            let task = addTask(try vm.makeTask(copying: timer.template), owner: timer.owner)
            task.timer = timer.period == nil ? nil : id
        } catch {
            report(.failed(error, task: nil))
            return clearTimer(id)
        }
        if timer.period == nil { clearTimer(id) }
    }

    /// An interval's callback has ended: its next tick is the first one that is still to come.
    func callbackEnded(ofTimer id: Int) {
        guard let timer = scriptTimers[id], let period = timer.period else { return }
        let now = clock.now
        timer.due = timer.due + period
        if timer.due < now {
            let missed = (now - timer.due).saturatingNanoseconds / period.saturatingNanoseconds
            timer.due = timer.due + .nanoseconds(missed * period.saturatingNanoseconds)
            if timer.due < now { timer.due = timer.due + period }
        }
        timer.entry = timers.add(.fire(timer: id), due: timer.due)
        armTimer()
    }

    // MARK: The clock

    func fireDueTimers() {
        let now = clock.now
        while let event = timers.takeDue(by: now) {
            switch event {
            case .wake(let task, let wait):
                if let task = tasks[task] { answer(task, wait: wait, .values([])) }
            case .refuse(let task, let wait):
                if let task = tasks[task] { answer(task, wait: wait, .error(cancelled(task.cancellation))) }
            case .fire(let timer): fire(timer: timer)
            case .grace(let task): if let task = tasks[task] { stop(task) }
            }
        }
    }

    /// Has the clock wake the runtime when the next timer is due.
    func armTimer() {
        guard let due = timers.nextDue() else { return disarmTimer() }
        if let armed {
            guard due != armed.due else { return }
            clock.cancelWake(armed.wake)
        }
        let wake = clock.wake(at: due) { [executor, self] in
            executor.execute { self.assumeIsolated { $0.timerFired() } }
        }
        armed = (wake, due)
    }

    func disarmTimer() {
        if let armed { clock.cancelWake(armed.wake) }
        armed = nil
    }

    private func timerFired() {
        armed = nil
        schedulePump()
    }
}

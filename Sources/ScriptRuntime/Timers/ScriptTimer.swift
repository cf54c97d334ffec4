internal import LuaVM
internal import RunClock

/// One of the script's `setTimeout`s or `setInterval`s.
final class ScriptTimer {
    let id: Int
    /// A coroutine that never runs; it holds the callback and its arguments.
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

    /// The first tick of an interval after the one at `due` that is not in the past. Ticks missed meanwhile are
    /// dropped.
    static func nextTick(after due: RunInstant, every period: Duration, now: RunInstant) -> RunInstant {
        let next = due + period
        guard next < now else { return next }
        let missed = (now - next).saturatingNanoseconds / period.saturatingNanoseconds
        let last = next + .nanoseconds(missed * period.saturatingNanoseconds)
        return last < now ? last + period : last
    }
}

extension ScriptRuntime {
    /// - Parameter repeats: with that period. A period under 1 ms counts as 1 ms, or else time could not move on.
    func addTimer(_ template: LuaCoroutine, after delay: Duration, repeats: Bool) -> Int {
        let period = max(delay, repeats ? .milliseconds(1) : .zero)
        let due = clock.now + period
        let timer = ScriptTimer(
            id: makeID(), template: template, period: repeats ? period : nil, due: due, owner: current)
        timer.entry = timers.add(.fire(timer: timer.id), due: due)
        scriptTimers.add(timer)
        return timer.id
    }

    /// Ends a timer's future calls; one that runs goes on. Unknown ids are ignored.
    func clearTimer(_ id: Int) {
        guard let timer = scriptTimers.remove(id) else { return }
        if let entry = timer.entry { timers.remove(entry) }
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
        timer.due = ScriptTimer.nextTick(after: timer.due, every: period, now: clock.now)
        timer.entry = timers.add(.fire(timer: id), due: timer.due)
        armTimer()
    }

    // MARK: The clock

    func fireDueTimers() {
        let now = clock.now
        while let (key, event) = timers.takeDue(by: now) {
            switch event {
            case .wake(let task):
                guard let task = tasks[task], let wait = task.wait, case .sleep(key) = wait.kind else { continue }
                answer(task, wait: wait.id, .values([]))
            case .refuse(let task):
                guard let task = tasks[task], let wait = task.wait, case .refused(key) = wait.kind else { continue }
                answer(task, wait: wait.id, .error(cancelled(task.cancellation)))
            case .fire(let timer): fire(timer: timer)
            case .grace(let task): if let task = tasks[task] { stop(task) }
            }
        }
    }

    /// Has the clock wake the runtime when the next timer is due. With many of them, one wake serves those of a moment: to
    /// sleep and wake costs more than what most of them do. With ten thousand, that is four milliseconds.
    func armTimer() {
        let next = timers.nextDue()
        guard timers.count >= Self.crowd, !clock.isRepeatable, let next else { return setAlarm(to: next) }
        let moment = min(Self.longestMoment, .nanoseconds(400 * timers.count))
        setAlarm(to: max(next, lastAlarm + moment))
    }

    private static let longestMoment: Duration = .milliseconds(5)
    private static let crowd = 1_000

    func disarmTimer() {
        setAlarm(to: nil)
    }

    private func setAlarm(to due: RunInstant?) {
        guard due != alarm.due else { return }
        alarm.set(to: due, on: clock) { [executor, self] in
            executor.execute { self.assumeIsolated { $0.alarmRang() } }
        }
    }

    private func alarmRang() {
        alarm.rang()
        lastAlarm = clock.now
        schedulePump()
    }
}

/// The script's timers that may still fire. Each is on its owner's list for as long as it is here.
struct ScriptTimers {
    private var timers: [Int: ScriptTimer] = [:]

    var isEmpty: Bool { timers.isEmpty }

    /// Their ids, oldest first.
    var ids: [Int] { timers.keys.sorted() }

    subscript(id: Int) -> ScriptTimer? { timers[id] }

    mutating func add(_ timer: ScriptTimer) {
        timers[timer.id] = timer
        timer.owner?.timers.insert(timer.id)
    }

    mutating func remove(_ id: Int) -> ScriptTimer? {
        guard let timer = timers.removeValue(forKey: id) else { return nil }
        timer.owner?.timers.remove(id)
        return timer
    }

    /// What an ended task has set belongs to its owner from then on, or to nobody.
    func passOn(from task: ScriptTask, to owner: ScriptTask?) {
        for id in task.timers {
            timers[id]?.owner = owner
            owner?.timers.insert(id)
        }
        task.timers = []
    }

    mutating func removeAll() {
        timers = [:]
    }
}

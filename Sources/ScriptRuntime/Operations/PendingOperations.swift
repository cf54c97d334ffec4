/// The host's work that tasks wait for, by the waits that it will answer: under way, or in line at a gate.
///
/// Work ends here once, whichever comes first: its outcome, or that its wait is abandoned. The next in line at its
/// gate is then let in.
struct PendingOperations {
    private struct Operation {
        var task: ScriptTask
        var work: any PendingWork
        var gate: OperationGate?
        /// nil while it is in line.
        var running: RunningWork?
    }

    private var operations: [Int: Operation] = [:]

    var isEmpty: Bool { operations.isEmpty }

    /// The work that answers a wait; nil once it has ended.
    func work(of wait: Int) -> (any PendingWork)? { operations[wait]?.work }

    /// - Returns: whether it may begin now; else it is in line.
    mutating func add(_ wait: Int, of task: ScriptTask, _ work: any PendingWork, through gate: OperationGate?) -> Bool {
        operations[wait] = Operation(task: task, work: work, gate: gate)
        return gate?.enter(wait) ?? true
    }

    mutating func began(_ wait: Int, as running: RunningWork) {
        operations[wait]?.running = running
    }

    /// - Returns: whether it was in line. If so, it is let in out of turn, and has to begin.
    func pushAhead(_ wait: Int) -> Bool {
        guard let operation = operations[wait], operation.running == nil else { return false }
        operation.gate?.push(wait)
        return true
    }

    /// Asks work that is under way to end early.
    func cancel(_ wait: Int) {
        operations[wait]?.running?.cancel()
    }

    /// - Returns: the task that waited, and whose work may begin now; nil if it had ended before.
    mutating func end(_ wait: Int) -> (task: ScriptTask, next: [Int])? {
        guard let operation = operations.removeValue(forKey: wait) else { return nil }
        return (operation.task, operation.gate?.leave(wait) ?? [])
    }
}

/// The tasks of a run: those that are not over, and those over whose outcome the script may still ask for.
///
/// - `liveCount` counts the former.
/// - A task is forgotten only once it is over.
/// - A failure counts as unhandled from when the task ends until somebody takes its outcome.
struct TaskTable {
    private var tasks: [Int: ScriptTask] = [:]
    private var unheardFailures: Set<Int> = []
    private(set) var liveCount = 0

    subscript(id: Int) -> ScriptTask? { tasks[id] }

    var count: Int { tasks.count }

    /// Those that are not over, oldest first.
    var live: [ScriptTask] {
        tasks.values.filter { !$0.state.isOver }.sorted { $0.id < $1.id }
    }

    mutating func add(_ task: ScriptTask) {
        tasks[task.id] = task
        liveCount += 1
    }

    /// A live task is over: it was cancelled, has failed or has returned.
    mutating func end(_ task: ScriptTask, failed: Bool) {
        guard !task.state.isOver else { return }
        liveCount -= 1
        task.state = task.cancellation != nil ? .cancelled : failed ? .failed : .done
        task.wait = nil
    }

    /// Forgets a task that nobody can ask for any more.
    mutating func forget(_ task: ScriptTask) {
        guard task.state.isOver else { return }
        tasks[task.id] = nil
    }

    mutating func removeAll() {
        tasks = [:]
    }

    // MARK: Failures

    var hasUnheardFailures: Bool { !unheardFailures.isEmpty }

    mutating func noteUnheardFailure(of task: ScriptTask) {
        unheardFailures.insert(task.id)
    }

    mutating func noteHeard(_ task: ScriptTask) {
        unheardFailures.remove(task.id)
    }
}

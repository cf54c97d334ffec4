/// The tasks of a run: those that are not over, and those over whose outcome the script may still ask for.
///
/// - `liveCount` counts the former.
/// - A task is forgotten only once it is over.
/// - A failure counts as unhandled from when the task ends until somebody takes its outcome.
struct TaskTable {
    /// The first, by itself: a script that spawns none needs no dictionary, whose type costs a start a search through all
    /// that the program's types conform to.
    private var first: ScriptTask?
    private var others: [Int: ScriptTask] = [:]
    private var unheardFailures: Set<Int> = []
    private(set) var liveCount = 0

    subscript(id: Int) -> ScriptTask? { id == first?.id ? first : others[id] }

    var count: Int { others.count + (first == nil ? 0 : 1) }

    /// Those that are not over, oldest first.
    var live: [ScriptTask] {
        let all = [first].compactMap(\.self) + others.values
        return all.filter { !$0.state.isOver }.sorted { $0.id < $1.id }
    }

    mutating func add(_ task: ScriptTask) {
        if count == 0 { first = task } else { others[task.id] = task }
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
        if task.id == first?.id { first = nil } else { others[task.id] = nil }
    }

    mutating func removeAll() {
        first = nil
        others = [:]
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

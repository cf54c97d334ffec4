/// Those who are told when a task is over, in the order in which they came. A task may have thousands, and all of them may
/// leave.
struct Awaiters {
    enum Awaiter {
        case task(ScriptTask, wait: Int)
        case group(id: Int, index: Int)
    }

    private struct Entry {
        /// Of a task's wait; a group's is that of the entry before it.
        var wait: Int
        /// nil if it has left.
        var awaiter: Awaiter?
    }

    /// By rising waits: each is begun after those before it.
    private var entries: [Entry] = []
    private var gone: Int32 = 0

    var isEmpty: Bool { entries.count == Int(gone) }

    mutating func add(_ task: ScriptTask, wait: Int) {
        entries.append(Entry(wait: wait, awaiter: .task(task, wait: wait)))
    }

    mutating func add(group id: Int, index: Int) {
        entries.append(Entry(wait: entries.last?.wait ?? 0, awaiter: .group(id: id, index: index)))
    }

    /// The task that has come with that wait leaves.
    mutating func remove(wait: Int) {
        // A group's entry has the wait of the one before it, so the first one counts.
        var low = 0
        var high = entries.count
        while low < high {
            let middle = low + (high - low) / 2
            if entries[middle].wait < wait { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, entries[low].wait == wait, case .task? = entries[low].awaiter else { return }
        entries[low].awaiter = nil
        gone += 1
        guard Int(gone) * 2 > entries.count else { return }
        entries.removeAll { $0.awaiter == nil }
        gone = 0
    }

    /// Takes all of them.
    mutating func removeAll() -> [Awaiter] {
        defer { self = Awaiters() }
        return entries.compactMap(\.awaiter)
    }
}

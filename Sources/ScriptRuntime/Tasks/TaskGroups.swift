internal import DequeModule

/// Tasks that are awaited together: whoever waits on a group gets its members' numbers in the order in which they end,
/// each once.
///
/// One task waits on a group at a time; a group has a waiter or members that have ended, never both.
struct TaskGroups {
    struct Waiter {
        var task: ScriptTask
        var wait: Int
    }

    /// What happened to the news that a member has ended.
    enum Delivery {
        /// This waiter takes it.
        case taken(by: Waiter)
        /// It is kept for whoever asks next.
        case kept
        /// The group has been dissolved; nobody is interested any more.
        case unheard
    }

    private struct Group {
        var ended = Deque<Int>()
        var waiter: Waiter?
    }

    private var groups: [Int: Group] = [:]

    mutating func open(_ id: Int) {
        groups[id] = Group()
    }

    mutating func disband(_ id: Int) {
        groups[id] = nil
    }

    mutating func memberEnded(_ index: Int, in id: Int) -> Delivery {
        guard groups[id] != nil else { return .unheard }
        if let waiter = groups[id]?.waiter {
            groups[id]?.waiter = nil
            return .taken(by: waiter)
        }
        groups[id]?.ended.append(index)
        return .kept
    }

    /// Takes the number of the member that ended first; nil if none has, and then `waiter` gets the next one that does.
    mutating func next(in id: Int, for waiter: Waiter) -> Int? {
        if let index = groups[id]?.ended.popFirst() { return index }
        groups[id]?.waiter = waiter
        return nil
    }

    /// The waiter has gone.
    mutating func stopWaiting(in id: Int) {
        groups[id]?.waiter = nil
    }
}

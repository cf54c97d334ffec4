internal import DequeModule
internal import LuaVM

/// Tasks that are awaited together: whoever waits on the group gets the members' numbers in the order in which they
/// end.
struct TaskGroup {
    var ended = Deque<Int>()
    var waiter: (task: ScriptTask, wait: Int)?
}

extension ScriptRuntime {
    /// Counts `task` as member `index` of a group: its failure is the group's business from now on.
    func add(_ task: ScriptTask, toGroup id: Int, index: Int) {
        if task.state.isOver {
            unawaitedFailures.remove(task.id)
            member(index, ofGroup: id, endedAs: task)
        } else {
            task.awaiters.append(.group(id: id, index: index))
        }
    }

    func member(_ index: Int, ofGroup id: Int, endedAs task: ScriptTask) {
        guard groups[id] != nil else {
            // The group was given up before its member failed: then nobody has heard of the failure.
            if task.state == .failed {
                unawaitedFailures.insert(task.id)
                report(.failed(vm.error(of: task.coroutine), task: task.origin))
            }
            return
        }
        if let (waiting, wait) = groups[id]?.waiter {
            groups[id]?.waiter = nil
            answer(waiting, wait: wait, .values([.integer(Int64(index))]))
        } else {
            groups[id]?.ended.append(index)
        }
    }
}

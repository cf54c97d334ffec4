internal import LuaVM

extension ScriptRuntime {
    /// Counts `task` as member `index` of a group, which from now on deals with its failure.
    func add(_ task: ScriptTask, toGroup id: Int, index: Int) {
        guard task.state.isOver else { return task.awaiters.add(group: id, index: index) }
        tasks.noteHeard(task)
        member(index, ofGroup: id, endedAs: task)
    }

    func member(_ index: Int, ofGroup id: Int, endedAs task: ScriptTask) {
        switch groups.memberEnded(index, in: id) {
        case .taken(let waiter): answer(waiter.task, wait: waiter.wait, .values([.integer(Int64(index))]))
        case .kept: break
        case .unheard:
            guard task.state == .failed else { return }
            tasks.noteUnheardFailure(of: task)
            report(.failed(vm.error(of: task.coroutine), task: task.origin))
        }
    }
}

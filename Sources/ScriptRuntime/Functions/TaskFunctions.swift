internal import DequeModule
internal import LuaVM
internal import RunClock

extension ScriptRuntime {
    /// What the prelude builds `spawn`, `task:await`, `all`, `map`, channels and the rest from.
    func taskFunctions() -> [HostFunction] {
        [
            HostFunction("spawn") { [self] call throws(LuaError) in
                let task = addTask(try call.makeTask(functionAt: 1), owner: current)
                task.origin = vm.line(of: call.caller)
                call.push(LuaObject(kind: "task", id: task.id), keeping: task.coroutine)
                return .returns
            },
            HostFunction("await", mayWait: true) { [self] call throws(LuaError) in
                let task = try task(call, 1)
                return try wait(call) { id throws(LuaError) in
                    guard let current else { throw .message("attempt to wait outside of a task") }
                    if task === current {
                        throw .message("a task cannot await itself: it would wait for ever")
                    }
                    if task.state.isOver {
                        current.wait = .init(
                            id: id, kind: .task(id: task.id), function: call.name, position: call.caller)
                        deliverOutcome(of: task, to: current, wait: id)
                    } else {
                        task.awaiters.append(.task(current, wait: id))
                    }
                    return .task(id: task.id)
                }
            },
            HostFunction("cancel") { [self] call throws(LuaError) in
                let task = try task(call, 1)
                let reason = call.value(2)
                let text = reason == .nil ? "" : reason.text ?? reason["message"]?.text ?? ""
                call.push(.boolean(cancel(task, Cancellation(reason: reason, message: text))))
                return .returns
            },
            HostFunction("status") { [self] call throws(LuaError) in
                call.push(.text(try task(call, 1).state.name))
                return .returns
            },
            // The state of a task that is over, and its results or its error.
            HostFunction("outcome") { [self] call throws(LuaError) in
                let task = try task(call, 1)
                call.push(.text(task.state.name))
                switch task.state {
                case .done: call.pushResults(of: task.coroutine)
                case .failed: call.pushError(of: task.coroutine)
                case .cancelled: call.push(cancelled(task.cancellation, of: task).value)
                case .ready, .running, .waiting: break
                }
                return .returns
            },
            HostFunction("same") { call throws(LuaError) in
                call.push(.boolean(call.objectIfAny(1) == call.objectIfAny(2)))
                return .returns
            },
            HostFunction("bytecode") { [self] call throws(LuaError) in
                call.push(.boolean(vm.bytecode))
                return .returns
            },
            HostFunction("kind") { call throws(LuaError) in
                call.registerKind(try call.string(1), metatableAt: 2)
                return .returns
            },
            HostFunction("errors") { call throws(LuaError) in
                call.registerErrors(try call.string(1), metatableAt: 2)
                return .returns
            },
            // A task object was collected.
            HostFunction("forget") { [self] call throws(LuaError) in
                if let task = try? task(call, 1) {
                    task.holders -= 1
                    letGo(task)
                }
                return .returns
            },
            HostFunction("shield") { call throws(LuaError) in
                call.push(.boolean(call.setShield(call.value(1).isTrue)))
                return .returns
            },
        ] + groupFunctions() + parkFunctions()
    }

    private func task(_ call: borrowing HostCall, _ position: Int) throws(LuaError) -> ScriptTask {
        guard let task = tasks[try call.object(position, kind: "task")] else {
            throw .badArgument(position, of: call.name, "this task is gone")
        }
        return task
    }

    private func groupFunctions() -> [HostFunction] {
        [
            HostFunction("group") { [self] call throws(LuaError) in
                let id = makeID()
                groups[id] = TaskGroup()
                call.push(.integer(Int64(id)))
                return .returns
            },
            HostFunction("join") { [self] call throws(LuaError) in
                add(try task(call, 2), toGroup: try call.integer(1), index: try call.integer(3))
                return .returns
            },
            HostFunction("next", mayWait: true) { [self] call throws(LuaError) in
                let group = try call.integer(1)
                return try wait(call) { id throws(LuaError) in
                    guard let current else { throw .message("attempt to wait outside of a task") }
                    if let index = groups[group]?.ended.popFirst() {
                        enqueue(current, .values([.integer(Int64(index))]))
                    } else {
                        groups[group]?.waiter = (current, id)
                    }
                    return .group(id: group)
                }
            },
            HostFunction("disband") { [self] call throws(LuaError) in
                groups[try call.integer(1)] = nil
                return .returns
            },
        ]
    }

    /// `park` suspends until `unpark` is called with the token that `token` gave before.
    private func parkFunctions() -> [HostFunction] {
        [
            HostFunction("token") { [self] call throws(LuaError) in
                call.push(.integer(Int64(current?.id ?? 0)))
                return .returns
            },
            HostFunction("park", mayWait: true) { [self] call throws(LuaError) in
                try wait(call) { _ in .parked }
            },
            HostFunction("unpark") { [self] call throws(LuaError) in
                guard let task = tasks[try call.integer(1)], let wait = task.wait, case .parked = wait.kind else {
                    call.push(.boolean(false))
                    return .returns
                }
                call.push(.boolean(answer(task, wait: wait.id, .values([]))))
                return .returns
            },
        ]
    }
}

extension LuaValue {
    fileprivate subscript(_ key: String) -> LuaValue? {
        if case .table(let table) = self { table[key] } else { nil }
    }
}

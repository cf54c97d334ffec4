internal import DequeModule
internal import LuaVM
internal import ScriptReference

extension ScriptRuntime {
    /// The methods of tasks.
    func taskGroup() -> ScriptGroup {
        let task = Parameter<ScriptTask>(receiver: "task") { [self] call, position throws(LuaError) in
            try self.task(call, position)
        }
        return ScriptGroup(
            GroupDescription(
                "task", isObject: true, type: "Task",
                "What `decart.spawn` returns. A task owns what it spawns: cancelling passes down, a normal end does not.",
                fields: [
                    FieldDescription(
                        "status", .choice(["running", "done", "failed", "cancelled"]), "Where the task is in its life.")
                ]),
            [awaitFunction(task), cancelFunction(task)])
    }

    private func awaitFunction(_ task: Parameter<ScriptTask>) -> ScriptFunction {
        ScriptFunction(
            "await", "Waits for a task to end and returns its results, or raises its error.", task,
            gives: [ResultDescription(.any, isOptional: true, "All that the task's function returned.")], waits: true,
            details: "Of a cancelled task it raises `CANCELLED`, with `task` set."
        ) { [self] call, task throws(LuaError) in
            try wait(call) { id throws(LuaError) in
                guard let current else { throw .message("attempt to wait outside of a task") }
                if task === current {
                    throw .message("a task cannot await itself: it would wait for ever")
                }
                if task.state.isOver {
                    current.wait = .init(id: id, function: call.name, kind: .task(id: task.id))
                    deliverOutcome(of: task, to: current, wait: id)
                } else {
                    task.awaiters.add(current, wait: id)
                }
                return .task(id: task.id)
            }
        }
    }

    private func cancelFunction(_ task: Parameter<ScriptTask>) -> ScriptFunction {
        ScriptFunction(
            "cancel", "Cancels a task and all that it has spawned.", task,
            Argument.value("reason", "Goes into the errors' `cause`."),
            gives: [ResultDescription(.boolean, "Whether it was running and not cancelled yet.")],
            details:
                "It raises `CANCELLED` at the wait the task is in and at every later one; what has to wait while it "
                + "cleans up does so in `decart.shield`, within 5 seconds."
        ) { [self] call, task, reason throws(LuaError) in
            let text = reason == .nil ? "" : reason.text ?? reason["message"]?.text ?? ""
            call.push(.boolean(cancel(task, Cancellation(reason: reason, message: text))))
            return .returns
        }
    }

    func spawnFunction() -> ScriptFunction {
        ScriptFunction(
            "spawn", "Starts a task; it begins at the caller's next wait.",
            Argument.function("fn", "What the task runs."), Argument.rest("Passed to `fn`."),
            gives: [ResultDescription(.named("Task"))],
            details: "An error that nobody awaits is printed and makes the exit status 1."
        ) { [self] call, _, _ throws(LuaError) in
            let task = addTask(try call.makeTask(functionAt: 1), owner: current)
            // A loop spawns all of its tasks on one line: they share the text.
            let line = vm.line(of: call.caller)
            if line != lastOrigin { lastOrigin = line }
            task.origin = lastOrigin
            call.push(.object(LuaObject(kind: "task", id: task.id)))
            return .returns
        }
    }

    private func task(_ call: borrowing HostCall, _ position: Int) throws(LuaError) -> ScriptTask {
        guard let task = tasks[try call.object(position, kind: "task")] else {
            throw call.badArgument(position, "this task is gone")
        }
        return task
    }

    /// What the prelude builds `all`, `map`, channels and the rest from.
    func taskPrimitives() -> [ModuleFunction] {
        [
            ModuleFunction("status") { [self] call throws(LuaError) in
                call.push(.text(try task(call, 1).state.name))
                return .returns
            },
            // The state of a task that is over, and its results or its error.
            ModuleFunction("outcome") { [self] call throws(LuaError) in
                let task = try task(call, 1)
                guard task.state == .cancelled || vm.isAlive(task.coroutine) else {
                    throw .message("this task is gone")
                }
                call.push(.text(task.state.name))
                switch task.state {
                case .done: call.pushResults(of: task.coroutine)
                case .failed: call.pushError(of: task.coroutine)
                case .cancelled: call.push(cancelled(task.cancellation, of: task).value)
                case .ready, .running, .waiting: break
                }
                return .returns
            },
            ModuleFunction("same") { call throws(LuaError) in
                call.push(.boolean(call.objectIfAny(1) == call.objectIfAny(2)))
                return .returns
            },
            // A task object was collected.
            ModuleFunction("forget") { [self] call throws(LuaError) in
                if let task = try? task(call, 1) {
                    task.holders -= 1
                    letGo(task)
                }
                return .returns
            },
            ModuleFunction("shield") { call throws(LuaError) in
                call.push(.boolean(call.setShield(call.value(1).isTrue)))
                return .returns
            },
        ] + groupFunctions() + parkFunctions()
    }

    private func groupFunctions() -> [ModuleFunction] {
        [
            ModuleFunction("group") { [self] call throws(LuaError) in
                let id = makeID()
                groups.open(id)
                call.push(.integer(Int64(id)))
                return .returns
            },
            ModuleFunction("join") { [self] call throws(LuaError) in
                add(try task(call, 2), toGroup: try call.integer(1), index: try call.integer(3))
                return .returns
            },
            ModuleFunction("next", mayWait: true) { [self] call throws(LuaError) in
                let group = try call.integer(1)
                return try wait(call) { id throws(LuaError) in
                    guard let current else { throw .message("attempt to wait outside of a task") }
                    if let index = groups.next(in: group, for: .init(task: current, wait: id)) {
                        enqueue(current, .values([.integer(Int64(index))]))
                    }
                    return .group(id: group)
                }
            },
            ModuleFunction("disband") { [self] call throws(LuaError) in
                groups.disband(try call.integer(1))
                return .returns
            },
        ]
    }

    /// `park` suspends until `unpark` is called with the token that `token` gave before.
    private func parkFunctions() -> [ModuleFunction] {
        [
            ModuleFunction("token") { [self] call throws(LuaError) in
                call.push(.integer(Int64(current?.id ?? 0)))
                return .returns
            },
            ModuleFunction("park", mayWait: true) { [self] call throws(LuaError) in
                try wait(call) { _ in .parked }
            },
            ModuleFunction("unpark") { [self] call throws(LuaError) in
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

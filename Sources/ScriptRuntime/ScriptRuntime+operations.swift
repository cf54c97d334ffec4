public import LuaVM

/// What work of the host's leads to, for the script that waits for it.
public enum OperationResult: Sendable {
    case values([LuaValue])
    case error(LuaError)
}

extension ScriptRuntime {
    /// Suspends the current task until `work` has an answer. The work runs as a Swift task on the runtime's loop; when
    /// the script's task is cancelled the Swift task is, and its answer still counts.
    public func wait(
        _ call: borrowing HostCall, for work: @escaping @Sendable () async -> OperationResult
    ) throws(LuaError) -> HostAnswer {
        guard let task = current else { throw .message("attempt to wait outside of a task") }
        return try wait(call) { id in
            operations += 1
            let running = Task {
                let result = await work()
                self.operationEnded(of: task, wait: id, result)
            }
            return .operation(cancel: { running.cancel() })
        }
    }

    private func operationEnded(of task: ScriptTask, wait id: Int, _ result: OperationResult) {
        operations -= 1
        let answered =
            switch result {
            case .values(let values): answer(task, wait: id, .values(values))
            case .error(let error): answer(task, wait: id, .error(error))
            }
        // Nobody waits any more: the run may be over now.
        if !answered { schedulePump() }
    }

    /// Whether a cancellation is what ended the current task's work, to be told apart from the work's own errors.
    public func cancellationError() -> LuaError {
        cancelled(current?.cancellation)
    }

    /// Keeps the run alive, as a task would, until `endHold`.
    public func beginHold() {
        holds += 1
    }

    public func endHold() {
        holds -= 1
        schedulePump()
    }
}

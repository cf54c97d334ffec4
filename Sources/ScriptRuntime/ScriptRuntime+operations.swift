public import LuaVM

/// What work of the host's leads to, for the script that waits for it.
public enum OperationResult: Sendable {
    case values([LuaValue])
    case error(LuaError)
}

/// Work of the host's that a script waits for.
///
/// `work` runs as a Swift task on the runtime's loop. When the script's task is cancelled the Swift task is, and its
/// outcome still counts. `conclude` runs on the runtime, also if the script does not wait any more, so that what it
/// records is never lost.
final class Pending<Outcome: Sendable>: PendingWork {
    let work: @Sendable () async -> Outcome
    let conclude: (Outcome) -> OperationResult

    init(work: @escaping @Sendable () async -> Outcome, conclude: @escaping (Outcome) -> OperationResult) {
        self.work = work
        self.conclude = conclude
    }

    func begin(in runtime: ScriptRuntime, id: Int) -> Task<Void, Never> {
        let work = work
        // The preference keeps all of the work on the loop, also the parts that belong to no actor: without it each of
        // them would cost two changes of threads.
        let executor = runtime.executor
        return Task(executorPreference: executor) {
            let outcome = await work()
            concludeWork(id, outcome, in: runtime)
        }
    }
}

/// The work has ended on the loop, which is where the runtime is: nothing needs to be awaited.
private func concludeWork<Outcome: Sendable>(_ id: Int, _ outcome: Outcome, in runtime: ScriptRuntime) {
    runtime.assumeIsolated { runtime in
        guard let pending = runtime.pendings[id]?.work as? Pending<Outcome> else { return }
        runtime.operationEnded(id, pending.conclude(outcome))
    }
}

/// Work whose outcome is of some type.
protocol PendingWork: AnyObject {
    /// Starts it; `id` is its wait.
    func begin(in runtime: ScriptRuntime, id: Int) -> Task<Void, Never>
}

/// A function that a module of the host's gives to scripts.
public struct ModuleFunction {
    public enum Answer {
        /// The values pushed on the call are its results.
        case returns
        case waits(Operation)
    }

    /// What a call that waits waits for; see `PendingWork`.
    public struct Operation {
        let pending: any PendingWork
        let gate: OperationGate?

        /// - Parameter gate: lets it begin; nil: it begins at once.
        public init<Outcome: Sendable>(
            through gate: OperationGate? = nil, _ work: @escaping @Sendable () async -> Outcome,
            conclude: @escaping (Outcome) -> OperationResult
        ) {
            pending = Pending(work: work, conclude: conclude)
            self.gate = gate
        }
    }

    public typealias Body = (inout HostCall) throws(LuaError) -> Answer

    var name: String
    var mayWait: Bool
    var body: Body

    public init(_ name: String, mayWait: Bool = false, body: @escaping Body) {
        self.name = name
        self.mayWait = mayWait
        self.body = body
    }
}

extension ScriptRuntime {
    func hostFunction(_ function: ModuleFunction) -> HostFunction {
        HostFunction(function.name, mayWait: function.mayWait) { [self] call throws(LuaError) in
            switch try function.body(&call) {
            case .returns: return .returns
            case .waits(let operation): return try wait(call, for: operation.pending, through: operation.gate)
            }
        }
    }

    /// Suspends the current task until the work has an outcome, and answers the script with what that comes to.
    func wait(
        _ call: borrowing HostCall, for work: any PendingWork, through gate: OperationGate? = nil
    ) throws(LuaError) -> HostAnswer {
        guard let task = current else { throw .message("attempt to wait outside of a task") }
        return try wait(call) { id in
            pendings[id] = PendingOperation(task: task, work: work, gate: gate)
            if gate?.enter(id) ?? true { begin(id) }
            return .operation(cancel: { [weak self] in self?.assumeIsolated { $0.cancelOperation(id) } })
        }
    }

    private func begin(_ id: Int) {
        guard let pending = pendings[id] else { return }
        pendings[id]?.running = pending.work.begin(in: self, id: id)
    }

    private func cancelOperation(_ id: Int) {
        guard let pending = pendings[id] else { return }
        // Its own answer counts, also that of work which has not begun: it does, and finds that it is cancelled.
        if pending.running == nil {
            pending.gate?.push(id)
            begin(id)
        }
        pendings[id]?.running?.cancel()
    }

    /// The wait is over, or given up: whoever is next in line begins.
    func forgetOperation(_ id: Int) -> PendingOperation? {
        guard let pending = pendings.removeValue(forKey: id) else { return nil }
        for next in pending.gate?.leave(id) ?? [] { begin(next) }
        return pending
    }

    func operationEnded(_ id: Int, _ result: OperationResult) {
        guard let task = forgetOperation(id)?.task else { return }
        let answered =
            switch result {
            case .values(let values): answer(task, wait: id, .values(values))
            case .error(let error): answer(task, wait: id, .error(error))
            }
        // Nobody waits any more: the run may be over now.
        if !answered { schedulePump() }
    }
}

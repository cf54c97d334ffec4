public import LuaVM
public import RunClock

/// What work of the host's leads to, for the script that waits for it.
public enum OperationResult: Sendable {
    case values([LuaValue])
    case error(LuaError)
    /// It ended early because the script's task was cancelled: the wait raises that.
    case cancelled
}

/// How work goes on that was begun without a Swift task.
public enum DirectEnd<Outcome: Sendable>: Sendable {
    case outcome(Outcome)
    /// It takes a task after all.
    case goesOn(@Sendable () async -> Outcome)
}

/// Work of the host's that a script waits for.
///
/// `work` runs as a Swift task on the runtime's loop. When the script's task is cancelled the Swift task is, and its
/// outcome still counts. `conclude` runs on the runtime, also if the script does not wait any more, so that what it
/// records is never lost.
///
/// `@unchecked Sendable`: what changes is touched on the runtime only, and so are its closures, but for `work`, which may
/// be called anywhere.
final class Pending<Outcome: Sendable>: PendingWork, @unchecked Sendable {
    typealias Direct = (_ done: @escaping (DirectEnd<Outcome>) -> Void) -> (() -> Void)?

    let work: @Sendable () async -> Outcome
    let direct: Direct?
    let conclude: (Outcome) -> OperationResult
    var isCancelled = false

    init(
        work: @escaping @Sendable () async -> Outcome, direct: Direct? = nil,
        conclude: @escaping (Outcome) -> OperationResult
    ) {
        self.work = work
        self.direct = direct
        self.conclude = conclude
    }

    func begin(in runtime: ScriptRuntime, id: Int) -> RunningWork {
        // A task finds that it is cancelled before it does anything.
        let cancel = isCancelled ? nil : direct? { self.directly($0, in: runtime, id: id) }
        return cancel.map { .direct(cancel: $0) } ?? .task(run(work, in: runtime, id: id))
    }

    private func directly(_ end: DirectEnd<Outcome>, in runtime: ScriptRuntime, id: Int) {
        switch end {
        case .outcome(let outcome): conclude(outcome, in: runtime, id: id)
        case .goesOn(let work):
            runtime.assumeIsolated { runtime in
                let task = run(work, in: runtime, id: id)
                // What has come may have been on its way when the wait was cancelled or given up. It still counts, and
                // nothing more is begun.
                if isCancelled || runtime.operations.work(of: id) !== self { task.cancel() }
                runtime.operations.began(id, as: .task(task))
            }
        }
    }

    private func run(
        _ work: @escaping @Sendable () async -> Outcome, in runtime: ScriptRuntime, id: Int
    ) -> Task<Void, Never> {
        // The preference keeps all of the work on the loop, also the parts that belong to no actor: without it each of
        // them would cost two changes of threads.
        let executor = runtime.executor
        return Task(executorPreference: executor) {
            let outcome = await work()
            self.conclude(outcome, in: runtime, id: id)
        }
    }

    /// The work has ended on the loop, which is where the runtime is: nothing needs to be awaited.
    private func conclude(_ outcome: Outcome, in runtime: ScriptRuntime, id: Int) {
        runtime.assumeIsolated { runtime in
            guard runtime.operations.work(of: id) === self else { return runtime.schedulePump() }
            runtime.operationEnded(id, self.conclude(outcome))
        }
    }
}

/// Work whose outcome is of some type.
protocol PendingWork: AnyObject {
    /// Whether it is asked to end early, before or after it has begun.
    var isCancelled: Bool { get set }

    /// Starts it; `id` is its wait.
    func begin(in runtime: ScriptRuntime, id: Int) -> RunningWork
}

/// Work that is under way.
enum RunningWork {
    case task(Task<Void, Never>)
    case direct(cancel: () -> Void)

    func cancel() {
        switch self {
        case .task(let task): task.cancel()
        case .direct(let cancel): cancel()
        }
    }
}

/// A function that the host's own Lua calls, and scripts do not see unless it hands it on: see `ScriptFunction`.
public struct ModuleFunction {
    /// How a call ends, if it does not throw.
    public enum Completion {
        /// The values pushed on the call are its results.
        case returns
        case waits(Operation)
        /// The task sleeps until then.
        case sleeps(until: RunInstant)
        /// The runtime has recorded what the task waits for.
        case suspended
    }

    /// What a call that waits waits for; see `PendingWork`.
    public struct Operation {
        let pending: any PendingWork
        let gate: OperationGate?

        /// - Parameters:
        ///   - gate: lets it begin; nil: it begins at once.
        ///   - direct: begins the work without a Swift task. It calls `done` once, on the runtime's loop and after it
        ///     has returned, and answers what cancels it; or nil, and `work` is done in its place.
        public init<Outcome: Sendable>(
            through gate: OperationGate? = nil,
            direct: ((_ done: @escaping (DirectEnd<Outcome>) -> Void) -> (() -> Void)?)? = nil,
            _ work: @escaping @Sendable () async -> Outcome, conclude: @escaping (Outcome) -> OperationResult
        ) {
            pending = Pending(work: work, direct: direct, conclude: conclude)
            self.gate = gate
        }
    }

    public typealias Body = (borrowing HostCall) throws(LuaError) -> Completion

    var name: String
    var mayWait: Bool
    var hiddenArguments: Int
    var body: Body

    public init(_ name: String, mayWait: Bool = false, hiddenArguments: Int = 0, body: @escaping Body) {
        self.name = name
        self.mayWait = mayWait
        self.hiddenArguments = hiddenArguments
        self.body = body
    }
}

extension ScriptRuntime {
    func hostFunction(_ function: ModuleFunction) -> HostFunction {
        HostFunction(function.name, mayWait: function.mayWait, hiddenArguments: function.hiddenArguments) {
            [self] call throws(LuaError) in
            switch try function.body(call) {
            case .returns: return .returns
            case .suspended: return .waits
            case .sleeps(let until):
                _ = try sleep(call, until: until)
                return .waits
            case .waits(let operation):
                _ = try wait(call, for: operation)
                return .waits
            }
        }
    }

    /// Suspends the current task until the work has an outcome, and answers the script with what that comes to.
    func wait(
        _ call: borrowing HostCall, for operation: ModuleFunction.Operation
    ) throws(LuaError) -> ModuleFunction.Completion {
        guard let task = current else { throw .message("attempt to wait outside of a task") }
        return try wait(call) { id in
            if operations.add(id, of: task, operation.pending, through: operation.gate) { begin(id) }
            return .operation(cancel: { [weak self] in self?.assumeIsolated { $0.cancelOperation(id) } })
        }
    }

    private func begin(_ id: Int) {
        guard let work = operations.work(of: id) else { return }
        operations.began(id, as: work.begin(in: self, id: id))
    }

    private func cancelOperation(_ id: Int) {
        operations.work(of: id)?.isCancelled = true
        // Its own answer counts, also that of work which has not begun: it does, and finds that it is cancelled.
        if operations.pushAhead(id) { begin(id) }
        operations.cancel(id)
    }

    /// The wait is over, or given up: whoever is next in line begins.
    ///
    /// - Returns: the task that waited; nil if its work had ended before.
    @discardableResult
    func endOperation(_ id: Int) -> ScriptTask? {
        guard let (task, next) = operations.end(id) else { return nil }
        for next in next { begin(next) }
        return task
    }

    func operationEnded(_ id: Int, _ result: OperationResult) {
        guard let task = endOperation(id) else { return }
        let answered =
            switch result {
            case .values(let values): answer(task, wait: id, .values(values))
            case .error(let error): answer(task, wait: id, .error(error))
            case .cancelled: answer(task, wait: id, .error(cancelled(task.cancellation)))
            }
        // Nobody waits any more: the run may be over now.
        if !answered { schedulePump() }
    }
}

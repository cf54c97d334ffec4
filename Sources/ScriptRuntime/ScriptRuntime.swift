internal import DequeModule
public import LuaVM
public import NIOCore
public import RunClock
internal import Synchronization

/// Runs one script: its tasks, its timers, and the host's work that tasks wait for.
///
/// The runtime is an actor on one event loop. Every coroutine is resumed from `pump`, one after the other, in the order
/// in which they became ready. A wait is recorded on the task and answered exactly once: an answer for a wait that is
/// over is dropped. What a script may rely on is numbered in `ScriptRuntime+cancellation.swift`.
public actor ScriptRuntime {
    public nonisolated let clock: any RunClock
    public nonisolated let loop: any EventLoop
    nonisolated let executor: LoopExecutor
    nonisolated let report: @Sendable (ScriptReport) -> Void

    /// Where the host's work for this script runs; virtual time waits for all that does.
    public nonisolated var taskExecutor: any TaskExecutor { executor }

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let vm: LuaVM

    var nextID = 0
    /// Tasks that are not over, and those over whose outcome a script may still ask for.
    var tasks: [Int: ScriptTask] = [:]
    var liveTasks = 0
    var current: ScriptTask?
    private var ready = Deque<(task: ScriptTask, answer: LuaAnswer, after: (() -> Void)?)>()
    private var pumpIsDue = false

    var timers = TimerQueue()
    var armed: (wake: WakeID, due: RunInstant)?
    var scriptTimers: [Int: ScriptTimer] = [:]
    var groups: [Int: TaskGroup] = [:]
    /// The host's work under way, by the waits that it will answer.
    var pendings: [Int: PendingOperation] = [:]
    var holders: [String: (Int) -> Void] = [:]
    /// Tasks that wait for everything else to end.
    var settlers: [(task: ScriptTask, wait: Int)] = []

    /// The `decart` table.
    var module: LuaReference?
    var main: ScriptTask?
    /// Failed tasks that nobody has awaited.
    var unawaitedFailures: Set<Int> = []
    private var mainFailed = false
    /// What an interruption from outside makes of the run's end. Set from any thread.
    private nonisolated let interruption = Mutex<ExitStatus?>(nil)
    private var ended: ExitStatus?
    private var waiter: CheckedContinuation<ExitStatus, Never>?
    private var quietHandlers: [() -> Void] = []
    private var waitHandlers: [() -> Void] = []
    private var holds: [() -> Bool] = []

    /// How many coroutines are resumed before the loop gets a chance to read its sockets.
    private static let resumesPerTurn = 256

    /// - Parameters:
    ///   - loop: the event loop on which Lua runs; the script's connections do best on the same one.
    ///   - clock: the script's time; real time on that loop unless given.
    ///   - bytecode: whether scripts may load binary chunks.
    ///   - environment: whether LUA_PATH and LUA_CPATH count.
    ///   - report: is told of errors that nobody handles and of deadlocks.
    /// - Throws: a memory error.
    public init(
        loop: any EventLoop, clock: (any RunClock)? = nil, bytecode: Bool = false, environment: Bool = true,
        report: @escaping @Sendable (ScriptReport) -> Void
    ) throws(LuaError) {
        self.loop = loop
        self.clock = clock ?? EventLoopClock(loop: loop)
        self.report = report
        executor = LoopExecutor(loop: loop)
        vm = try LuaVM(bytecode: bytecode, environment: environment)
    }

    // MARK: Running

    /// Runs a compiled chunk as the main task until the program has ended: the chunk has returned and no task, timer or
    /// hold is left.
    public func run(_ chunk: LuaReference, arguments: [LuaVM.Argument] = []) async -> ExitStatus {
        let coroutine: LuaCoroutine
        do throws(LuaError) {
            coroutine = try vm.makeTask(chunk, arguments)
        } catch {
            report(.failed(error, task: nil))
            return .failure
        }
        executor.onDrained { [weak self] in
            self?.assumeIsolated { $0.loopIsDrained() }
        }
        defer { executor.onDrained(nil) }
        return await withCheckedContinuation { continuation in
            waiter = continuation
            main = addTask(coroutine, owner: nil, isMain: true)
        }
    }

    /// Cancels everything, from any thread: tasks get their grace period, and the run ends with `status`.
    ///
    /// Script code that is busy does not notice: `makeInterrupter` stops that.
    public nonisolated func interrupt(with status: ExitStatus, message: String) {
        interruption.withLock { $0 = status }
        executor.execute {
            self.assumeIsolated { runtime in
                runtime.cancelEverything(message: message)
                runtime.schedulePump()
            }
        }
    }

    /// What stops busy script code from any thread; it raises `CANCELLED`.
    public func makeInterrupter(message: String) -> LuaInterrupter {
        vm.makeInterrupter(raising: cancelled(Cancellation(reason: .nil, message: message)))
    }

    /// Before the process exits at a script's own wish: what Lua's `os.exit` does with `close`.
    public func closeForExit() {
        vm.closeForExit(main?.coroutine)
    }

    /// Calls `body` whenever the script has come to a wait, before time goes on.
    public func onQuiet(_ body: @escaping () -> Void) {
        quietHandlers.append(body)
    }

    /// Calls `body` whenever a task has come to a wait or to its end.
    public func onWait(_ body: @escaping () -> Void) {
        waitHandlers.append(body)
    }

    /// The run does not end while `condition` holds: something outside may still call into the script. It is asked when
    /// nothing else is left to do, and again after `reconsider`.
    public func keepAlive(while condition: @escaping () -> Bool) {
        holds.append(condition)
    }

    /// Has the runtime look again whether the run is over.
    public nonisolated func reconsider() {
        executor.execute { self.assumeIsolated { $0.schedulePump() } }
    }

    /// Starts a task that calls `function`, from any thread: tasks start in the order of these calls, and none once the
    /// run is over. `taken` is called on the script's thread when it has come to that, either way.
    public nonisolated func post(
        _ function: LuaReference, _ arguments: [LuaValue], taken: @escaping @Sendable () -> Void = {}
    ) {
        executor.execute {
            taken()
            self.assumeIsolated { runtime in
                guard runtime.waiter != nil, runtime.interruption.withLock({ $0 }) == nil else { return }
                do throws(LuaError) {
                    try runtime.spawn(function, arguments.map { .value($0) })
                } catch {
                    runtime.report(.failed(error, task: nil))
                }
            }
        }
    }

    func makeID() -> Int {
        nextID += 1
        return nextID
    }

    /// Queues a task to be run with that answer; `after` is called once it has taken the answer.
    func enqueue(_ task: ScriptTask, _ answer: LuaAnswer, after: (() -> Void)? = nil) {
        task.state = .ready
        task.wait = nil
        ready.append((task, answer, after))
        schedulePump()
    }

    func schedulePump() {
        guard !pumpIsDue else { return }
        pumpIsDue = true
        executor.execute { self.assumeIsolated { $0.pump() } }
    }

    private func pump() {
        pumpIsDue = false
        fireDueTimers()
        var left = Self.resumesPerTurn
        while left > 0, ended == nil, let (task, answer, after) = ready.popFirst() {
            resume(task, with: answer)
            after?()
            left -= 1
        }
        if ended != nil { return finishRun() }
        guard ready.isEmpty else { return schedulePump() }
        for handler in quietHandlers { handler() }
        if !settlers.isEmpty { answerSettlers() }
        // A handler may have made something ready.
        guard ready.isEmpty else { return schedulePump() }
        // What is due needs no time to pass, which virtual time would not while work outside of it is under way.
        if let due = timers.nextDue(), due <= clock.now { return schedulePump() }
        checkForEnd()
        armTimer()
    }

    private func resume(_ task: ScriptTask, with answer: LuaAnswer) {
        guard !task.state.isOver else { return }
        if case .start = answer, task.cancellation != nil {
            vm.drop(task.coroutine)
            return finish(task, failed: true)
        }
        task.state = .running
        current = task
        let outcome = vm.run(task.coroutine, with: answer)
        current = nil
        for handler in waitHandlers { handler() }
        switch outcome {
        case .waits:
            // A wait that was answered at once has made the task ready already.
            if task.state == .running { task.state = .waiting }
        case .returned: finish(task, failed: false)
        case .failed: finish(task, failed: true)
        }
    }

    private func loopIsDrained() {
        guard ready.isEmpty, !pumpIsDue, waiter != nil else { return }
        clock.ownerIsIdle()
    }

    // MARK: Ends

    func mainEnded(failed: Bool, error: LuaError?) {
        main = nil
        guard failed else { return }
        mainFailed = true
        if let error { report(.failed(error, task: nil)) }
        cancelEverything(message: "the main script failed")
    }

    /// Whether anything is left that could make a task ready.
    private var somethingMayHappen: Bool {
        // An interval whose callback runs has no entry in `timers`: it depends on that task.
        if !timers.isEmpty || !pendings.isEmpty { return true }
        return !mainFailed && interruption.withLock({ $0 }) == nil && holds.contains { $0() }
    }

    private func checkForEnd() {
        guard !somethingMayHappen else { return }
        if liveTasks > 0, interruption.withLock({ $0 }) == nil {
            let stuck = tasks.values.filter { !$0.state.isOver }.sorted { $0.id < $1.id }
            report(.deadlock(stuck.map(describeWait)))
            mainFailed = true
        }
        ended = mainFailed || !unawaitedFailures.isEmpty ? .failure : .success
        if let status = interruption.withLock({ $0 }) { ended = status }
        finishRun()
    }

    private func finishRun() {
        guard let status = ended, let waiter else { return }
        self.waiter = nil
        disarmTimer()
        for handler in quietHandlers { handler() }
        waiter.resume(returning: status)
    }

    /// Where a task is and what it waits in.
    func describeWait(_ task: ScriptTask) -> ScriptReport.StuckTask {
        guard let wait = task.wait else { return .init(isMain: task.isMain, line: nil, function: "a wait") }
        return .init(
            isMain: task.isMain, line: vm.line(of: wait.position),
            function: vm.calledName(at: wait.position) ?? wait.function)
    }

    /// Runs the pending finalizers of the script's objects and frees all that Lua holds. To be called once the run has
    /// ended; nothing may be done with the runtime afterwards.
    public func close() {
        vm.close()
        tasks = [:]
        scriptTimers = [:]
        ready = []
        quietHandlers = []
        waitHandlers = []
        holds = []
    }
}

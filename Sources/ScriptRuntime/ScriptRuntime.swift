internal import DequeModule
import Glibc
public import LuaVM
public import NIOCore
public import RunClock
internal import ScriptReference
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
    var tasks = TaskTable()
    var current: ScriptTask?
    /// Where the last task was spawned.
    var lastOrigin: String?
    private var ready = Deque<(task: ScriptTask, resumption: LuaResumption, after: (() -> Void)?)>()
    private var pumpIsDue = false

    var timers = TimerQueue()
    /// When the clock last called because a timer was due.
    var lastAlarm = RunInstant.start
    var alarm = WakeAlarm()
    var scriptTimers = ScriptTimers()
    var groups = TaskGroups()
    var operations = PendingOperations()
    /// Who is told of objects that the script is given, by their kinds.
    var holders: [(kind: String, body: (Int) -> Void)] = []
    /// Tasks that wait for everything else to end.
    var settlers: [(task: ScriptTask, wait: Int)] = []

    /// The core of `decart`, which the host's own Lua shares.
    var module: LuaReference?
    /// The rows of what scripts see, in their order.
    var rows: [RowSource] = []
    /// What is loaded when a script first needs it. A list, as below: the first dictionary with strings for keys costs a
    /// start a search through all that the program's types conform to.
    var parts: [(part: ScriptPart, rows: RowSource)] = []
    /// The prelude's function that makes a part's functions known.
    var announcer: LuaReference?
    /// The globals of their chunks.
    var partGlobals: LuaReference?
    /// Of tables that scripts are given, made when somebody asks.
    var described: [() -> [RecordDescription]] = []
    var main: ScriptTask?
    private var mainFailed = false
    /// "poll.lua:7", where the script waited when the run was interrupted; nil if it did not.
    public private(set) var interruptedAt: String?
    /// What an interruption from outside makes of the run's end. Set from any thread.
    private nonisolated let interruption = Mutex<ExitStatus?>(nil)
    private var ended: ExitStatus?
    /// Called with the run's end. No continuation: the runtime's type would have to ask for that one's in each start.
    private var waiter: ((ExitStatus) -> Void)?
    private var waitHandlers: [() -> Void] = []
    private var holds: [() -> Bool] = []

    /// How much of each output stream of a program that `decart.exec` runs is kept.
    var execOutputLimit = 1 << 30

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
        return await withUnsafeContinuation { continuation in
            waiter = { continuation.resume(returning: $0) }
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
                runtime.interruptedAt = runtime.placeOfOldestWait
                runtime.cancelEverything(message: message)
                runtime.schedulePump()
            }
        }
    }

    /// "poll.lua:7", where the oldest of the tasks waits; nil where none does.
    public var whereItWaits: String? { interruptedAt ?? placeOfOldestWait }

    /// Where the oldest of the tasks that wait does so, or is about to go on.
    private var placeOfOldestWait: String? {
        let waiting = tasks.live.first { $0.state != .running && $0.lastPosition != nil }
        return waiting?.lastPosition.flatMap { vm.line(of: $0) }
    }

    /// What stops busy script code from any thread; it raises `CANCELLED`.
    public func makeInterrupter(message: String) -> LuaInterrupter {
        vm.makeInterrupter(raising: cancelled(Cancellation(reason: .nil, message: message)))
    }

    /// Asks the programs that scripts of this process have running to end, and all that those have started.
    /// - Parameter forGood: kills them.
    public static func endPrograms(forGood: Bool = false) {
        let signal = forGood ? SIGKILL : SIGTERM
        ProcessGroup.signalAll(signal)
        LuaPrograms.signal(signal)
    }

    /// Before the process exits at a script's own wish: what Lua's `os.exit` does with `close`.
    public func closeForExit() {
        vm.closeForExit(main?.coroutine)
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

    /// Has the runtime look again whether the run is over; one that has not begun is not.
    public nonisolated func reconsider() {
        executor.execute {
            self.assumeIsolated { runtime in
                if runtime.waiter != nil { runtime.schedulePump() }
            }
        }
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

    /// Queues a task to be resumed; `after` is called once it has been.
    func enqueue(_ task: ScriptTask, _ resumption: LuaResumption, after: (() -> Void)? = nil) {
        task.state = .ready
        task.wait = nil
        ready.append((task, resumption, after))
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
        while left > 0, ended == nil, let (task, resumption, after) = ready.popFirst() {
            resume(task, with: resumption)
            after?()
            left -= 1
        }
        if ended != nil { return finishRun() }
        guard ready.isEmpty else { return schedulePump() }
        if !settlers.isEmpty { answerSettlers() }
        guard ready.isEmpty else { return schedulePump() }
        // What is due needs no time to pass, which virtual time would not while work outside of it is under way.
        if let due = timers.nextDue(), due <= clock.now { return schedulePump() }
        checkForEnd()
        armTimer()
    }

    private func resume(_ task: ScriptTask, with resumption: LuaResumption) {
        guard !task.state.isOver else { return }
        if case .start = resumption, task.cancellation != nil {
            vm.drop(task.coroutine)
            return finish(task, failed: true)
        }
        task.state = .running
        current = task
        let outcome = vm.run(task.coroutine, with: resumption)
        current = nil
        for handler in waitHandlers { handler() }
        switch outcome {
        case .waits:
            // A wait that was answered at once has made the task ready already.
            if task.state == .running { task.state = .waiting }
            if task.cancellation != nil { noteTurn(of: task) }
        case .returned:
            if task.cancellation != nil { keepJob(of: task) }
            finish(task, failed: false)
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
        if !timers.isEmpty || !operations.isEmpty { return true }
        return !mainFailed && interruption.withLock({ $0 }) == nil && holds.contains { $0() }
    }

    private func checkForEnd() {
        guard !somethingMayHappen else { return }
        if tasks.liveCount > 0, interruption.withLock({ $0 }) == nil {
            report(.deadlock(tasks.live.map(describeWait)))
            mainFailed = true
        }
        ended = mainFailed || tasks.hasUnheardFailures ? .failure : .success
        if let status = interruption.withLock({ $0 }) { ended = status }
        finishRun()
    }

    private func finishRun() {
        guard let status = ended, let waiter else { return }
        self.waiter = nil
        disarmTimer()
        waiter(status)
    }

    /// Where a task is and what it waits in.
    func describeWait(_ task: ScriptTask) -> ScriptReport.StuckTask {
        let position = task.lastPosition
        return .init(
            isMain: task.isMain, line: position.flatMap { vm.line(of: $0) },
            function: position.flatMap { vm.calledName(at: $0) } ?? task.wait?.function ?? "a wait")
    }

    /// Runs the pending finalizers of the script's objects and frees all that Lua holds. To be called once the run has
    /// ended; nothing may be done with the runtime afterwards.
    public func close() {
        vm.close()
        tasks.removeAll()
        scriptTimers.removeAll()
        ready = []
        waitHandlers = []
        holds = []
    }
}
